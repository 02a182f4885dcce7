import { type AgentOptions, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { inspect } from 'node:util';
import Docker from 'dockerode';
import type { DockerEndpoint } from './endpoint.ts';
import { createSshAgent } from './ssh-agent.ts';

export interface Dialled {
  readonly docker: Docker;
  /** Closes idle and busy connections. */
  close(): void;
}

/** dockerode takes these; its typings do not know them. */
type ModemOptions = Docker.DockerOptions & { readonly agent: HttpAgent };

/** Builds a dockerode instance for an endpoint. Connects only when called. */
export function dial(endpoint: DockerEndpoint, environment: Readonly<Record<string, string | undefined>>): Dialled {
  const keep: AgentOptions = { keepAlive: true, maxFreeSockets: 8 };
  const { options, agent } = optionsFor(endpoint, keep, environment);
  // docker-modem renders all options of every request, agent and sockets included, for a debug line nobody reads: with
  // hundreds of calls that was most of our processor time.
  Object.defineProperty(agent, inspect.custom, { value: () => 'Agent' });
  // Every key is given, undefined ones too: dockerode lays them over defaults it reads from the process's DOCKER_HOST.
  const docker = withoutProcessDefaults(
    () =>
      new Docker({
        ...({ socketPath: undefined, host: undefined, port: undefined, username: undefined } as const),
        ...({ ca: undefined, cert: undefined, key: undefined, protocol: 'http', timeout: undefined } as const),
        ...options,
        agent,
      } as ModemOptions),
  );
  return { docker, close: () => agent.destroy() };
}

function optionsFor(
  endpoint: DockerEndpoint,
  keep: AgentOptions,
  environment: Readonly<Record<string, string | undefined>>,
): { options: Docker.DockerOptions; agent: HttpAgent } {
  switch (endpoint.kind) {
    case 'unix':
    case 'npipe':
      return { options: { socketPath: endpoint.path }, agent: new HttpAgent(keep) };
    case 'ssh':
      return { options: { socketPath: '/ssh' }, agent: createSshAgent(endpoint, environment) };
    case 'tcp': {
      const address = { host: endpoint.host, port: endpoint.port };
      if (endpoint.tls === null) return { options: address, agent: new HttpAgent(keep) };
      const { ca, cert, key, skipVerify } = endpoint.tls;
      return {
        options: {
          ...address,
          protocol: 'https',
          ...(ca === null ? {} : { ca }),
          ...(cert === null ? {} : { cert }),
          ...(key === null ? {} : { key }),
        },
        agent: new HttpsAgent({ ...keep, rejectUnauthorized: !skipVerify }),
      };
    }
  }
}

/** dockerode's constructor reads (and may throw over) DOCKER_* of the process; ours come in as arguments. */
function withoutProcessDefaults<T>(build: () => T): T {
  const names = ['DOCKER_HOST', 'DOCKER_CERT_PATH', 'DOCKER_TLS_VERIFY', 'DOCKER_CLIENT_TIMEOUT', 'DOCKER_PATH_PREFIX'];
  const saved = names.map((name) => [name, process.env[name]] as const);
  for (const name of names) delete process.env[name];
  try {
    return build();
  } finally {
    for (const [name, value] of saved) if (value !== undefined) process.env[name] = value;
  }
}
