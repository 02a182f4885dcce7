import type Docker from 'dockerode';
import type { Call } from '../../electron/engine/api.ts';
import { systemClock } from '../../electron/engine/platform/clock.ts';
import type { DockerClient } from '../../electron/engine/providers/docker/client.ts';
import { createDockerClient } from '../../electron/engine/providers/docker/client-create.ts';
import { parseEndpoint } from '../../electron/engine/providers/docker/endpoint.ts';
import { createFlows, type Flows } from '../../electron/engine/streams/flow.ts';
import { connectDocker, fixtureImages, removeProject, uniqueProjectName } from './docker.ts';

export interface ServiceOptions {
  readonly name?: string;
  readonly tty?: boolean;
  readonly number?: number;
  readonly image?: keyof typeof fixtureImages;
  readonly host?: Docker.HostConfig;
  readonly healthcheck?: Docker.HealthConfig;
}

/** Containers that look like a Compose project's, with the engine's own parts to look at them. */
export interface ServiceBench {
  readonly docker: Docker;
  readonly client: DockerClient;
  readonly flows: Flows;
  readonly projectName: string;
  readonly environmentId: string;
  /** Aborted by `close`. */
  readonly signal: AbortSignal;
  readonly call: Call;
  /** What the slices logs, stats and terminal take. */
  readonly deps: {
    readonly current: () => DockerClient;
    readonly projectOf: () => Promise<{ projectName: string; services: string[] }>;
    readonly flows: Flows;
    readonly clock: typeof systemClock;
  };
  /** For consumeFlow. */
  readonly ack: { ack(streamId: string, count: number): Promise<void> };
  /** A container of the service that runs a shell script. */
  run(service: string, script: string, options?: ServiceOptions): Promise<Docker.Container>;
  close(): Promise<void>;
}

/** The client the engine would use for the tests' engine: `DOCKER_HOST`, else the default socket. */
export function engineClient(): DockerClient {
  const endpoint = parseEndpoint(process.env.DOCKER_HOST ?? '', null) ?? { kind: 'unix', path: '/var/run/docker.sock' };
  return createDockerClient({ engineId: 'test', endpoint });
}

export function openServiceBench(prefix: string, services: string[] = []): ServiceBench {
  const docker = connectDocker();
  const client = engineClient();
  const flows = createFlows();
  const projectName = uniqueProjectName(prefix);
  const stop = new AbortController();
  return {
    docker,
    client,
    flows,
    projectName,
    environmentId: `${projectName}/main`,
    signal: stop.signal,
    call: { signal: stop.signal, actor: { door: 'cli', user: 'tester' } },
    deps: { current: () => client, projectOf: async () => ({ projectName, services }), flows, clock: systemClock },
    ack: { ack: async (streamId, count) => flows.ack(streamId, count) },
    async run(service, script, options = {}) {
      const number = options.number ?? 1;
      const container = await docker.createContainer({
        name: options.name ?? `${projectName}-${service}-${number}`,
        Image: fixtureImages[options.image ?? 'tools'],
        Entrypoint: ['/bin/sh', '-c'],
        Cmd: [script],
        Tty: options.tty ?? false,
        StopSignal: 'SIGKILL',
        Labels: {
          'com.docker.compose.project': projectName,
          'com.docker.compose.service': service,
          'com.docker.compose.container-number': String(number),
        },
        HostConfig: { NetworkMode: 'none', ...options.host },
        ...(options.healthcheck === undefined ? {} : { Healthcheck: options.healthcheck }),
      });
      await container.start();
      return container;
    },
    async close() {
      stop.abort(new Error('the test is over'));
      await removeProject(docker, projectName);
      client.close();
    },
  };
}
