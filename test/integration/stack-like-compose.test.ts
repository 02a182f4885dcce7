import { randomInt } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compose } from '../support/compose.ts';
import { connectDocker, fixtureImages, listByLabel, removeProject, uniqueProjectName } from '../support/docker.ts';
import { runWell, testStacks } from '../support/docker-stacks.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';

/**
 * The same file, started by docker compose and by us: the engine's description of every container must be the same in
 * every field, but for what names the container itself.
 */

const docker = connectDocker();
const projectName = uniqueProjectName('like');
let parent: TemporaryFolder;
let folder = '';

const tools = fixtureImages.tools;
// Another test run on the same engine must not have it.
const net = `10.${randomInt(1, 250)}.${randomInt(1, 250)}`;
const composeFile = `
services:
  plain:
    image: ${tools}
    command: sleep infinity
    stop_signal: SIGKILL
    volumes: ["data:/shared"]
  most:
    image: ${tools}
    command: [sleep, infinity]
    entrypoint: [/usr/bin/env, --]
    stop_signal: SIGKILL
    stop_grace_period: 1m30s
    user: "1000:1000"
    working_dir: /tmp
    hostname: most
    domainname: example.test
    environment:
      A: "$FROM_FILE"
      EMPTY: ""
      GOLDENHOUR_NOWHERE_SET:
      DOLLAR: "$$x = 'y'"
    labels: { one: "1", two: "zwei" }
    annotations: {}
    init: true
    tty: true
    stdin_open: true
    read_only: true
    privileged: false
    shm_size: 96m
    mem_limit: 128m
    mem_reservation: 64m
    memswap_limit: 256m
    mem_swappiness: 10
    cpus: 0.75
    cpu_shares: 512
    cpuset: "0"
    pids_limit: 99
    oom_score_adj: 100
    oom_kill_disable: false
    ulimits: { nproc: 1000, nofile: { soft: 1024, hard: 2048 } }
    sysctls: { net.ipv4.ip_unprivileged_port_start: "0" }
    cap_add: [NET_ADMIN]
    cap_drop: [MKNOD, CHOWN]
    security_opt: ["no-new-privileges:true", "seccomp=./seccomp.json"]
    group_add: ["33", tape]
    devices: ["/dev/null:/dev/mynull:r", "/dev/zero"]
    device_cgroup_rules: ["c 1:3 mr"]
    dns: [10.0.0.53, 10.0.0.54]
    dns_search: [example.test]
    dns_opt: [ndots:2]
    extra_hosts: ["db.test:10.1.2.3", "gateway.test:host-gateway", "six.test:::1"]
    ipc: private
    restart: on-failure:3
    logging: { driver: json-file, options: { max-size: 1m, max-file: "3" } }
    tmpfs: ["/scratch:size=1m,mode=700", "/plain"]
    expose: ["9000", "9001-9003", "53/udp"]
    ports:
      - "127.0.0.1::80"
      - target: 81
        host_ip: 127.0.0.1
        protocol: udp
    volumes:
      - data:/data
      - data:/data-ro:ro
      - ./bind:/bind
      - ./bind:/bind-ro:ro,z
      - { type: bind, source: ./file, target: /file, read_only: true, bind: { create_host_path: false, propagation: private } }
      - { type: volume, source: data, target: /nocopy, volume: { nocopy: true } }
      - { type: tmpfs, target: /typed, tmpfs: { size: 2097152, mode: 0o755 } }
      - /anonymous
    healthcheck:
      test: ["CMD-SHELL", "true && echo 'ok'"]
      interval: 1100ms
      timeout: 2500ms
      retries: 4
      start_period: 1m
    networks:
      default: { aliases: [alias-one, alias-two] }
      back: { ipv4_address: ${net}.10, priority: 100 }
  deployed:
    image: ${tools}
    command: sleep infinity
    stop_signal: SIGKILL
    deploy:
      replicas: 2
      resources:
        limits: { cpus: "0.5", memory: 64M, pids: 50 }
        reservations: { memory: 32M }
      restart_policy: { condition: on-failure, max_attempts: 4 }
    depends_on: [plain]
  shares:
    image: ${tools}
    command: sleep infinity
    stop_signal: SIGKILL
    network_mode: service:plain
    pid: service:plain
    volumes_from: [plain]
    healthcheck: { disable: true }
  host:
    image: ${tools}
    command: sleep infinity
    stop_signal: SIGKILL
    network_mode: none
    uts: host
    container_name: ${projectName}-own-name
  linked:
    image: ${tools}
    command: sleep infinity
    stop_signal: SIGKILL
    links: ["plain:other"]
    depends_on:
      plain: { condition: service_started, restart: true }
      deployed: { condition: service_started }
  files:
    image: ${tools}
    command: sleep infinity
    stop_signal: SIGKILL
    secrets: [filed, { source: filed, target: renamed }]
    configs: [{ source: written, target: /etc/written.conf }]
secrets: { filed: { file: ./file } }
configs: { written: { content: "hello $$there\\n" } }
networks:
  back:
    driver: bridge
    internal: true
    ipam: { config: [{ subnet: ${net}.0/24, gateway: ${net}.1 }] }
    labels: { net: work }
volumes:
  data: { labels: { vol: ume } }
`;

/** Another release of Compose may be installed than the one whose labels ours are. */
const versionLabel = 'com.docker.compose.version';
/** Files of variables in place of `.env` are told by a label. */
const environment = { COMPOSE_ENV_FILES: 'first.env,second.env' };

type Tree = Record<string, unknown>;

/** Takes out what names this very container or moment. */
function comparable(inspected: Tree, ids: ReadonlyMap<string, string>): Tree {
  let text = JSON.stringify(inspected);
  for (const [id, name] of ids) text = text.replaceAll(id, name).replaceAll(id.slice(0, 12), name);
  const tree = JSON.parse(text) as Tree;
  const config = tree['Config'] as Tree;
  const host = tree['HostConfig'] as Tree;
  const networks = (tree['NetworkSettings'] as Tree)['Networks'] as Record<string, Tree>;
  const labels = Object.fromEntries(
    Object.entries(config['Labels'] as Record<string, string>).filter(
      ([key]) => !key.startsWith('io.goldenhour.') && key !== versionLabel,
    ),
  );
  labels['com.docker.compose.depends_on'] = (labels['com.docker.compose.depends_on'] ?? '').split(',').sort().join(',');
  // The hash of a service that shares a container counts that container's id in.
  if (String(host['NetworkMode']).startsWith('container:')) delete labels['com.docker.compose.config-hash'];
  if (config['Hostname'] !== 'most') delete config['Hostname'];
  const mounts = (tree['Mounts'] as Tree[])
    // The mode is the form's default: "z" or "rw" for the same writable volume.
    .map((mount) => (mount['Type'] === 'volume' ? { ...mount, Mode: '' } : mount))
    .map((mount) => (/^[0-9a-f]{64}$/.test(String(mount['Name'])) ? { ...mount, Name: '', Source: '' } : mount))
    .sort((a, b) => String(a['Destination']).localeCompare(String(b['Destination'])));
  return withoutEmpty({
    config: {
      ...config,
      Labels: labels,
      Env: (config['Env'] as string[]).sort(),
      ExposedPorts: exposed(config['ExposedPorts']),
      Volumes: null,
    },
    // Volumes may be declared in either of two forms; what comes of it is compared as Mounts.
    host: {
      ...host,
      Binds: null,
      Mounts: null,
      Ulimits: sorted(host['Ulimits']),
      ExtraHosts: sorted(host['ExtraHosts']),
      CapAdd: capabilities(host['CapAdd']),
      CapDrop: capabilities(host['CapDrop']),
      OomKillDisable: host['OomKillDisable'] ?? false,
    },
    mounts,
    networks: Object.fromEntries(
      Object.entries(networks).map(([name, each]) => [
        name,
        {
          aliases: [...((each['Aliases'] as string[] | null) ?? [])].sort(),
          links: [...((each['Links'] as string[] | null) ?? [])].sort(),
          ipam: each['IPAMConfig'] ?? {},
        },
      ]),
    ),
  }) as Tree;
}

/** An empty list, an empty map and nothing at all say the same. */
function withoutEmpty(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.length === 0 ? null : value.map(withoutEmpty);
  const entries = Object.entries(value).map(([key, member]) => [key, withoutEmpty(member)] as const);
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

/** Compose hands ranges and bare numbers on as they are written; the engine means single TCP ports by them. */
function exposed(ports: unknown): string[] {
  return Object.keys((ports as Tree | null | undefined) ?? {})
    .flatMap((text) => {
      const [range = '', protocol = 'tcp'] = text.split('/');
      const [first = 0, last = first] = range.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => `${first + index}/${protocol}`);
    })
    .sort();
}

/** `NET_ADMIN` and `CAP_NET_ADMIN` are one. */
function capabilities(list: unknown): unknown {
  return sorted((list as string[] | null)?.map((name) => name.replace(/^CAP_/, '')));
}

function sorted(list: unknown): unknown {
  return Array.isArray(list) ? [...list].sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))) : list;
}

async function describeAll(): Promise<{ containers: Record<string, Tree>; networks: Tree; volumes: Tree }> {
  const found = await listByLabel(docker, `com.docker.compose.project=${projectName}`);
  const inspected = await Promise.all(found.containers.map((id) => docker.getContainer(id).inspect()));
  const ids = new Map(inspected.map((each) => [each.Id, each.Name]));
  const networks: Tree = {};
  for (const id of found.networks) {
    const network = (await docker.getNetwork(id).inspect()) as unknown as Tree;
    const labels = network['Labels'] as Record<string, string>;
    networks[String(network['Name'])] = {
      driver: network['Driver'],
      internal: network['Internal'],
      // The engine chooses the addresses of a network that declares none.
      ipam: String(network['Name']).endsWith('_back') ? network['IPAM'] : null,
      options: network['Options'],
      labels: kept(labels),
      hash: labels['com.docker.compose.config-hash'],
    };
  }
  const volumes: Tree = {};
  for (const name of found.volumes) {
    const volume = await docker.getVolume(name).inspect();
    volumes[name] = { driver: volume.Driver, options: volume.Options ?? {}, labels: kept(volume.Labels) };
  }
  return {
    containers: Object.fromEntries(inspected.map((each) => [each.Name, comparable(each as unknown as Tree, ids)])),
    networks,
    volumes,
  };
}

/** Without the hash: Compose's own on a volume makes it offer to recreate the volume, so we leave it out on purpose. */
function kept(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).filter(
      ([key]) => !key.startsWith('io.goldenhour.') && key !== versionLabel && key !== 'com.docker.compose.config-hash',
    ),
  );
}

beforeAll(async () => {
  parent = await temporaryFolder();
  folder = join(parent.path, projectName);
  await mkdir(join(folder, 'bind'), { recursive: true });
  await writeFile(join(folder, 'file'), 'secret');
  await writeFile(join(folder, 'seccomp.json'), JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW' }, null, 2));
  await writeFile(join(folder, 'first.env'), 'FROM_FILE=1\n');
  await writeFile(join(folder, 'second.env'), '');
  await writeFile(join(folder, 'compose.yaml'), composeFile);
});

afterAll(async () => {
  await removeProject(docker, projectName);
  await parent.remove();
});

it('makes the same containers, networks and volumes as docker compose', async () => {
  const stacks = testStacks({ folder, environment });
  /** Twice, so that there is something that takes the place of something. */
  const twice = async (up: () => Promise<unknown>): Promise<Awaited<ReturnType<typeof describeAll>>> => {
    await writeFile(join(folder, 'first.env'), 'FROM_FILE=1\n');
    await up();
    await writeFile(join(folder, 'first.env'), 'FROM_FILE=2\n');
    await up();
    return describeAll();
  };
  try {
    const expected = await twice(async () => {
      const theirs = await compose(['up', '-d'], { folder, environment });
      expect(theirs.exitCode, theirs.stderr).toBe(0);
    });
    const most = expected.containers[`/${projectName}-most-1`];
    expect(JSON.stringify(most)).toContain('"com.docker.compose.replace":"most-1"');
    expect(JSON.stringify(most)).toContain('second.env"');
    await removeProject(docker, projectName);
    const actual = await twice(() => runWell(stacks, 'up'));
    expect(Object.keys(actual.containers).sort()).toEqual(Object.keys(expected.containers).sort());
    for (const [name, container] of Object.entries(expected.containers)) {
      expect(actual.containers[name], name).toEqual(container);
    }
    expect(actual.networks).toEqual(expected.networks);
    expect(actual.volumes).toEqual(expected.volumes);
    expect((await stacks.plan('up')).changes).toEqual([]);
  } finally {
    stacks.client.close();
  }
});

it('takes over what docker compose started as it is', async () => {
  await removeProject(docker, projectName);
  expect((await compose(['up', '-d'], { folder, environment })).exitCode).toBe(0);
  const stacks = testStacks({ folder, environment });
  try {
    const before = await listByLabel(docker, `com.docker.compose.project=${projectName}`);
    expect((await stacks.plan('up')).changes).toEqual([]);
    await runWell(stacks, 'up');
    const after = await listByLabel(docker, `com.docker.compose.project=${projectName}`);
    expect(after.containers.sort()).toEqual(before.containers.sort());
  } finally {
    stacks.client.close();
  }
});
