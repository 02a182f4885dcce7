import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ProviderSubject, providerContract } from '../contract/provider-contract.ts';
import { connectDocker, fixtureImages, listByLabel, removeProject, uniqueProjectName } from '../support/docker.ts';
import { testStacks } from '../support/docker-stacks.ts';
import { temporaryFolder } from '../support/temp.ts';

const commands = {
  first: '[sleep, inf]',
  other: '[sleep, infinity]',
  broken: '[bash, -c, "exit 9"]',
} as const;

async function dockerSubject(): Promise<ProviderSubject> {
  const docker = connectDocker();
  const parent = await temporaryFolder();
  const projectName = uniqueProjectName('contract');
  const folder = join(parent.path, projectName);
  const label = `com.docker.compose.project=${projectName}`;
  await mkdir(folder);
  const declare = (app: keyof typeof commands): Promise<void> =>
    writeFile(
      join(folder, 'compose.yaml'),
      `
services:
  db:
    image: ${fixtureImages.tools}
    command: [sleep, inf]
    stop_signal: SIGKILL
    volumes: ["data:/data"]
    healthcheck: { test: [CMD, "true"], interval: 200ms }
  app:
    image: ${fixtureImages.tools}
    command: ${commands[app]}
    stop_signal: SIGKILL
    depends_on: { db: { condition: service_healthy } }
volumes: { data: {} }
`,
    );
  await declare('first');
  const stacks = testStacks({ folder });
  const inDb = async (command: readonly string[]): Promise<string> => {
    const containers = await stacks.stacks.runtime.containers(await stacks.target(), AbortSignal.timeout(10_000));
    const id = containers.find((each) => each.service === 'db')?.id ?? '';
    return (await stacks.client.exec(id, { command }, { signal: AbortSignal.timeout(20_000) })).stdout;
  };
  return {
    runtime: stacks.stacks.runtime,
    target: stacks.target,
    plan: stacks.plan,
    run: stacks.run,
    declare,
    writeData: async (word) => {
      await inDb(['bash', '-c', 'printf "%s" "$1" > /data/word', 'x', word]);
    },
    readData: () => inDb(['cat', '/data/word']),
    async left() {
      const found = await listByLabel(docker, label);
      const running = await docker.listContainers({ filters: JSON.stringify({ label: [label] }) });
      return {
        running: running.length,
        parts: found.containers.length + found.networks.length,
        data: found.volumes.length,
      };
    },
    async dispose() {
      await removeProject(docker, projectName);
      stacks.client.close();
      await parent.remove();
    },
  };
}

providerContract('docker', dockerSubject);
