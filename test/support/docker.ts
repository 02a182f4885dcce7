import { randomBytes } from 'node:crypto';
import Docker from 'dockerode';

/** The images of build/setup-fixtures.sh. */
export const fixtureImages = {
  postgres: 'goldenhour-fixture/postgres:15',
  redis: 'goldenhour-fixture/redis:7',
  nginx: 'goldenhour-fixture/nginx:1',
  http: 'goldenhour-fixture/http:1',
  tools: 'goldenhour-fixture/tools:1',
  mysql: 'goldenhour-fixture/mysql:10',
  rabbitmq: 'goldenhour-fixture/rabbitmq:3',
} as const;

const projectLabel = 'com.docker.compose.project';

/** A plain client of the engine the tests use: `DOCKER_HOST`, else the default socket. */
export function connectDocker(): Docker {
  return new Docker({ timeout: 60_000 });
}

/** A Compose project name no other test uses: `gh-<prefix>-<8 hex digits>`. */
export function uniqueProjectName(prefix = 'test'): string {
  return `gh-${prefix.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-${randomBytes(4).toString('hex')}`;
}

async function ignoreMissing(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    const status = (error as { statusCode?: number }).statusCode;
    // 404: gone already; 409: being removed by someone else.
    if (status !== 404 && status !== 409) throw error;
  }
}

/** Everything in the engine that carries this label (`key` or `key=value`). */
export async function listByLabel(
  docker: Docker,
  label: string,
): Promise<{ containers: string[]; networks: string[]; volumes: string[] }> {
  const filters = JSON.stringify({ label: [label] });
  const [containers, networks, volumes] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  return {
    containers: containers.map((container) => container.Id),
    networks: networks.map((network) => network.Id),
    volumes: (volumes.Volumes ?? []).map((volume) => volume.Name),
  };
}

/** Removes every container (with anonymous volumes), network and volume that carries the label. */
export async function removeByLabel(docker: Docker, label: string): Promise<void> {
  const found = await listByLabel(docker, label);
  await Promise.all(
    found.containers.map((id) => ignoreMissing(docker.getContainer(id).remove({ force: true, v: true }))),
  );
  await Promise.all(found.networks.map((id) => ignoreMissing(docker.getNetwork(id).remove())));
  await Promise.all(found.volumes.map((name) => ignoreMissing(docker.getVolume(name).remove({ force: true }))));
}

/** Removes everything of a Compose project, whoever created it. */
export function removeProject(docker: Docker, projectName: string): Promise<void> {
  return removeByLabel(docker, `${projectLabel}=${projectName}`);
}
