import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemFiles } from '../../electron/engine/platform/files.ts';
import { networkHash, volumeHash } from '../../electron/engine/stacks/compose/hash.ts';
import { loadProject } from '../../electron/engine/stacks/compose/load.ts';
import { compose } from '../support/compose.ts';
import { connectDocker, fixtureImages, uniqueProjectName } from '../support/docker.ts';

/*
 * Compose recreates a container whose com.docker.compose.config-hash is not the one it computes. Ours must be equal,
 * or `docker compose up` beside the app would recreate everything. Here Compose makes the containers.
 */
const project = `
services:
  plain: { image: ${fixtureImages.tools} }
  files:
    image: ${fixtureImages.tools}
    env_file: [one.env, { path: two.env, required: false }]
    label_file: some.labels
    environment: [OWN=1, FROM_SHELL, UNSET_ANYWHERE]
    labels: { own: "<&>" }
  rich:
    image: ${fixtureImages.tools}
    command: sh -c "echo $$HOME && sleep 1"
    entrypoint: []
    environment: { B: "2", A: "1", "10": ten, "9": nine, EMPTY: , UNICODE: "ü\\u2028 \\u0001" }
    volumes: ["data:/data", "./bound:/bound:ro", { type: tmpfs, target: /t, tmpfs: { size: 1m, mode: 0700 } }]
    ports: ["127.0.0.1::80", "127.0.0.1::90/udp"]
    networks: { one: { aliases: [b, a] }, default: }
    healthcheck: { test: exit 0, interval: 90s, retries: 3 }
    logging: { driver: json-file, options: { max-size: 1m, max-file: 2 } }
    ulimits: { core: 0, nofile: { soft: 1000, hard: 2000 }, nproc: 100 }
    deploy: { replicas: 1, resources: { limits: { memory: 64M, cpus: "0.3" } } }
    extra_hosts: ["host=10.0.0.1"]
    cap_drop: [ALL]
    init: false
    stop_grace_period: 1s
    sysctls: { net.core.somaxconn: 200 }
    depends_on: [plain]
    secrets: [token]
    configs: [{ source: inline, target: /inline, mode: 0440 }]
    pull_policy: never
networks: { one: { driver_opts: { com.docker.network.driver.mtu: 1400 }, labels: [z=1, a=2] } }
volumes: { data: { labels: { z: 1, a: } } }
secrets: { token: { file: ./token } }
configs: { inline: { content: hello } }
`;

describe('configuration hashes', () => {
  const docker = connectDocker();
  const cleanUps: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });

  it('are those that docker compose puts on its containers', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gh-hash-'));
    cleanUps.push(() => rm(folder, { recursive: true, force: true }));
    await writeFile(join(folder, 'compose.yaml'), project);
    await writeFile(join(folder, 'one.env'), 'FILE=1\nOWN=2\n');
    await writeFile(join(folder, 'some.labels'), 'file=label\n');
    await writeFile(join(folder, 'token'), 'hidden');
    const name = uniqueProjectName('hash');
    const environment = { FROM_SHELL: 'shell', COMPOSE_PROJECT_NAME: name };
    cleanUps.push(() => compose(['down', '--volumes', '--timeout', '0'], { folder, environment }));

    const created = await compose(['create'], { folder, environment });
    expect(created.stderr.split('\n').filter((line) => /error/i.test(line))).toEqual([]);
    expect(created.exitCode).toBe(0);
    const containers = await docker.listContainers({
      all: true,
      filters: JSON.stringify({ label: [`com.docker.compose.project=${name}`] }),
    });
    const theirs = Object.fromEntries(
      containers.map(({ Labels }) => [Labels['com.docker.compose.service'], Labels['com.docker.compose.config-hash']]),
    );
    const ours = await loadProject({ folder, environment: { ...process.env, ...environment } }, { files: systemFiles });
    expect(ours.configHashes).toEqual(theirs);
    for (const network of Object.values(ours.project.networks ?? {})) {
      const { Labels = {} } = await docker.getNetwork(network?.name ?? '').inspect();
      expect(networkHash(network!)).toBe(Labels['com.docker.compose.config-hash']);
    }
    for (const volume of Object.values(ours.project.volumes ?? {})) {
      const { Labels = {} } = await docker.getVolume(volume?.name ?? '').inspect();
      expect(volumeHash(volume!)).toBe(Labels['com.docker.compose.config-hash']);
    }
    expect(Object.keys(theirs).sort()).toEqual(['files', 'plain', 'rich']);
  });
});
