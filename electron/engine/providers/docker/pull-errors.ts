import { AppError } from '../../../../shared/errors.ts';
import { registryOf } from './pull-auth.ts';

/** Why a registry did not give an image out. */
export type PullProblem =
  | 'offline'
  | 'name-unknown'
  | 'connection-refused'
  | 'proxy'
  | 'certificate'
  | 'plain-http'
  | 'login'
  | 'rate-limit'
  | 'not-found'
  | 'platform'
  | 'disk-full'
  | 'corrupt'
  | 'server-error'
  | 'cut'
  | 'silent'
  | 'other';

/** In the order they are tried: the engine wraps one failure in the words of another. */
const patterns: readonly (readonly [PullProblem, RegExp])[] = [
  ['disk-full', /no space left on device|disk quota exceeded/i],
  ['rate-limit', /toomanyrequests|too many requests|rate limit|\b429\b/i],
  ['proxy', /proxyconnect|proxy authentication required|\b407\b/i],
  ['plain-http', /server gave HTTP response to HTTPS client|first record does not look like a TLS handshake/i],
  ['certificate', /x509|certificate|tls: (?!handshake)/i],
  ['platform', /no matching manifest|no match for platform|does not match the specified platform|not match.*platform/i],
  ['not-found', /manifest unknown|name unknown|name_unknown|manifest for .* not found|repository .* not found: name/i],
  ['login', /denied|unauthorized|authentication required|no basic auth|incorrect username or password|\b40[13]\b/i],
  ['not-found', /not found|\b404\b/i],
  ['name-unknown', /no such host|server misbehaving|name resolution|lookup .* on /i],
  [
    'corrupt',
    /verification failed|unexpected commit digest|failed precondition.*digest|invalid checksum|gzip: invalid/i,
  ],
  ['server-error', /unexpected HTTP status: 5|\b50[0234]\b|internal server error|bad gateway|service unavailable/i],
  ['connection-refused', /connection refused|no route to host/i],
  [
    'cut',
    /unexpected EOF|\bEOF\b|connection reset|broken pipe|stream error|GOAWAY|use of closed network|server closed/i,
  ],
  ['cut', /download(?:ing)? (?:failed|was interrupted)|content.*incomplete/i],
  [
    'offline',
    /network is unreachable|i\/o timeout|TLS handshake timeout|deadline exceeded|Client\.Timeout|timed out|dial /i,
  ],
];

export function pullProblem(said: string): PullProblem {
  return patterns.find(([, pattern]) => pattern.test(said))?.[0] ?? 'other';
}

/** How the engine reaches registries, as far as it says so. */
export interface RegistryRoute {
  /** Asked instead of Docker Hub, in order. */
  readonly mirrors: readonly string[];
  /** The proxy the engine goes through for this registry's scheme. */
  readonly proxy: string | null;
}

export interface PullFailure {
  readonly image: string;
  readonly said: string;
  readonly platform?: string | undefined;
  readonly route?: RegistryRoute | undefined;
  /** Why there were no credentials, when something was to give them. */
  readonly credentialProblem?: string | undefined;
  /** Whose credentials were sent: the user's name. */
  readonly user?: string | undefined;
}

/** `docker.image-missing` with what the registry said in words, and what to do about it. `details.problem` is the kind. */
export function pullError(failure: PullFailure, problem: PullProblem, cause?: unknown): AppError {
  const { image, route } = failure;
  const registry = registryOf(image);
  const reason = failure.said.replace(/^Error response from daemon: /, '').trim();
  const { message, remedy } = words(failure, problem, registry, reason);
  const mirrors = registry === 'docker.io' ? (route?.mirrors ?? []) : [];
  const through = mirrors.length === 0 ? '' : ` The engine asks ${mirrors.join(', then ')} before docker.io.`;
  return new AppError(
    {
      code: 'docker.image-missing',
      message: `${message}${through}`,
      remedy,
      details: { image, registry, problem, reason: reason.slice(0, 2000), ...(mirrors.length > 0 ? { mirrors } : {}) },
    },
    cause === undefined ? undefined : { cause },
  );
}

function words(
  failure: PullFailure,
  problem: PullProblem,
  registry: string,
  reason: string,
): { readonly message: string; readonly remedy: string } {
  const { image } = failure;
  const cannot = `The image ${image} cannot be fetched`;
  switch (problem) {
    case 'offline':
      return {
        message: `${cannot}: its registry ${registry} cannot be reached.`,
        remedy: 'Check the network (and VPN), or load the image by hand (`docker load`).',
      };
    case 'name-unknown':
      return {
        message: `${cannot}: the name of its registry ${registry} cannot be resolved.`,
        remedy: "Check the network and the registry's name; a registry inside a company may need its VPN.",
      };
    case 'connection-refused':
      return {
        message: `${cannot}: its registry ${registry} cannot be reached, nothing answers there.`,
        remedy: 'Check that the registry runs and that its address and port are right.',
      };
    case 'proxy':
      return {
        message: `${cannot}: the proxy ${failure.route?.proxy ?? 'of the engine'} did not let the engine reach ${registry}.`,
        remedy: "Correct the proxy in the engine's own settings (`proxies` in daemon.json), then restart the engine.",
      };
    case 'certificate':
      return {
        message: `${cannot}: the engine does not trust the certificate of ${registry}: ${lastPart(reason)}.`,
        remedy: `Put the certificate of its authority into /etc/docker/certs.d/${registry}/ca.crt on the engine's machine, or add "${registry}" to insecure-registries in its daemon.json and restart it.`,
      };
    case 'plain-http':
      return {
        message: `${cannot}: ${registry} speaks plain HTTP, and the engine asks with HTTPS.`,
        remedy: `Add "${registry}" to insecure-registries in the engine's daemon.json and restart the engine, or give the registry a certificate.`,
      };
    case 'login':
      return login(failure, registry, cannot);
    case 'rate-limit':
      return {
        message: `${cannot}: ${registry} lets no more pulls through for now.`,
        remedy:
          failure.user === undefined
            ? `Wait, or log in for a higher limit (\`docker login${host(registry)}\`), or give the engine a mirror (registry-mirrors in daemon.json).`
            : 'Wait until the limit is over, or give the engine a mirror (registry-mirrors in daemon.json).',
      };
    case 'not-found':
      return {
        message: `${cannot}: ${registry} has no image of that name and tag.`,
        remedy: 'Check its name and tag.',
      };
    case 'platform':
      return {
        message: `${cannot}: ${registry} has it, but not for ${failure.platform ?? "this engine's platform"}.`,
        remedy: 'Set `platform` on the service to one that exists and that the engine can run, or use another tag.',
      };
    case 'disk-full':
      return {
        message: `${cannot}: the disk of the Docker engine is full.`,
        remedy: 'Make room (`docker system df` says what takes it), then start again; nothing of yours was removed.',
      };
    case 'corrupt':
      return {
        message: `${cannot}: what ${registry} sent does not match its checksum.`,
        remedy: 'Start again; if it comes back, a proxy or mirror in between alters what it passes on.',
      };
    case 'server-error':
      return {
        message: `${cannot}: ${registry} reports a fault of its own: ${lastPart(reason)}.`,
        remedy: 'Try again later.',
      };
    case 'cut':
      return {
        message: `${cannot}: the connection to ${registry} was cut.`,
        remedy: 'Check the network, then start again.',
      };
    case 'silent':
      return {
        message: `${cannot}: ${registry} sent nothing for minutes.`,
        remedy: 'Check the network, then start again.',
      };
    case 'other':
      return {
        message: `${cannot} from ${registry}: ${reason || 'no reason given'}.`,
        remedy: 'Check its name and tag.',
      };
  }
}

function login(failure: PullFailure, registry: string, cannot: string): { message: string; remedy: string } {
  if (failure.user !== undefined) {
    return {
      message: `${cannot}: ${registry} does not give it to ${failure.user}, or has no such image.`,
      remedy: `Check the name, or log in as somebody who may have it (\`docker login${host(registry)}\`).`,
    };
  }
  const helper = failure.credentialProblem === undefined ? '' : ` ${failure.credentialProblem}`;
  return {
    message: `${cannot}: ${registry} wants a login for it, or has no such image.${helper}`,
    remedy: `Check the name, or run \`docker login${host(registry)}\`.`,
  };
}

function host(registry: string): string {
  return registry === 'docker.io' ? '' : ` ${registry}`;
}

/** Go wraps errors from the outside in; the last part says what happened. */
function lastPart(reason: string): string {
  const text = /(x509: .*|tls: .*)$/.exec(reason)?.[1] ?? reason;
  return text.replace(/\.$/, '').slice(0, 300);
}
