/** How to reach a Docker-compatible engine. */
export type DockerEndpoint =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'npipe'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls: DockerTls | null }
  | { readonly kind: 'ssh'; readonly host: string; readonly port: number | null; readonly user: string | null };

/** PEM texts. */
export interface DockerTls {
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
  readonly skipVerify: boolean;
}

/** The endpoint as `DOCKER_HOST` writes it, without credentials. */
export function endpointText(endpoint: DockerEndpoint): string {
  switch (endpoint.kind) {
    case 'unix':
      return `unix://${endpoint.path}`;
    case 'npipe':
      return `npipe://${endpoint.path.replaceAll('\\', '/')}`;
    case 'tcp':
      return `tcp://${bracket(endpoint.host)}:${endpoint.port}`;
    case 'ssh':
      return `ssh://${endpoint.user === null ? '' : `${endpoint.user}@`}${bracket(endpoint.host)}${
        endpoint.port === null ? '' : `:${endpoint.port}`
      }`;
  }
}

function bracket(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/**
 * Reads a `DOCKER_HOST` value or a context's host: `unix://`, `npipe://`, `tcp://`, `http(s)://`, `ssh://`, or a bare
 * `host:port`. Undefined when it is none of them. `tls` applies to tcp only.
 */
export function parseEndpoint(text: string, tls: DockerTls | null): DockerEndpoint | undefined {
  const value = text.trim();
  if (value === '') return undefined;
  if (value.startsWith('unix://')) {
    const path = value.slice('unix://'.length) || '/var/run/docker.sock';
    return path.startsWith('/') ? { kind: 'unix', path } : undefined;
  }
  if (value.startsWith('npipe://')) {
    return { kind: 'npipe', path: value.slice('npipe://'.length) || '//./pipe/docker_engine' };
  }
  if (value.startsWith('/')) return { kind: 'unix', path: value };
  const scheme = /^([a-z]+):\/\//.exec(value)?.[1];
  // Read as a scheme that URL has no default port for: `http://host:80` must keep its port.
  const url = parseUrl(scheme === undefined ? `tcp://${value}` : value.replace(/^https?:/, 'tcp:'));
  if (url === undefined || url.hostname === '') return undefined;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? null : Number(url.port);
  switch (scheme ?? 'tcp') {
    case 'tcp':
    case 'http':
      return { kind: 'tcp', host, port: port ?? (tls === null ? 2375 : 2376), tls };
    case 'https':
      return {
        kind: 'tcp',
        host,
        port: port ?? 2376,
        tls: tls ?? { ca: null, cert: null, key: null, skipVerify: false },
      };
    case 'ssh': {
      const user = decoded(url.username);
      // A leading dash would be an option to ssh.
      if (user === undefined || host.startsWith('-') || user.startsWith('-')) return undefined;
      return { kind: 'ssh', host, port, user: user === '' ? null : user };
    }
    default:
      return undefined;
  }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function parseUrl(text: string): URL | undefined {
  try {
    // URL lower-cases and checks the host only for the schemes it knows; the others are good enough for ours.
    return new URL(text);
  } catch {
    return undefined;
  }
}
