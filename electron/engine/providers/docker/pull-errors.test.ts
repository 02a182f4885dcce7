import { expect, it } from 'vitest';
import { pullError, pullProblem } from './pull-errors.ts';
import { routeWords } from './pull-route.ts';

// What engines of several versions and stores say.
it.each([
  [
    'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on 10.0.0.1:53: no such host',
    'name-unknown',
  ],
  ['Get "https://r.example/v2/": dial tcp: lookup r.example: Temporary failure in name resolution', 'name-unknown'],
  ['Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused', 'connection-refused'],
  ['Get "https://r/v2/": net/http: request canceled while waiting for connection (Client.Timeout exceeded)', 'offline'],
  ['Get "https://r/v2/": dial tcp 10.0.0.9:443: i/o timeout', 'offline'],
  ['Get "https://r/v2/": net/http: TLS handshake timeout', 'offline'],
  ['Get "https://r/v2/": proxyconnect tcp: dial tcp 10.0.0.1:3128: connect: connection refused', 'proxy'],
  ['Get "https://r/v2/": Proxy Authentication Required', 'proxy'],
  ['Get "https://172.17.0.1:5000/v2/": x509: certificate signed by unknown authority', 'certificate'],
  [
    'failed to do request: Head "https://r/v2/a/manifests/1": tls: failed to verify certificate: x509: …',
    'certificate',
  ],
  ['Get "https://172.17.0.1:5000/v2/": http: server gave HTTP response to HTTPS client', 'plain-http'],
  [
    "pull access denied for x, repository does not exist or may require 'docker login': denied: requested access",
    'login',
  ],
  ['Get "http://127.0.0.1:5000/v2/a/manifests/1": no basic auth credentials', 'login'],
  ['Head "https://ghcr.io/v2/a/b/manifests/1": unauthorized', 'login'],
  ['unexpected status from HEAD request to https://r/v2/a/manifests/1: 401 Unauthorized', 'login'],
  ['toomanyrequests: You have reached your pull rate limit.', 'rate-limit'],
  ['unexpected status code 429 Too Many Requests', 'rate-limit'],
  ['manifest for 127.0.0.1:5000/t/a:nope not found: manifest unknown: manifest unknown', 'not-found'],
  ['failed to resolve reference "r/a:1": r/a:1: not found', 'not-found'],
  ['no matching manifest for linux/amd64 in the manifest list entries', 'platform'],
  ['no match for platform in manifest: not found', 'platform'],
  ['image with reference a was found but does not match the specified platform: wanted linux/arm64', 'platform'],
  ['write /var/lib/docker/tmp/GetImageBlob1: no space left on device', 'disk-full'],
  [
    'failed to register layer: Error processing tar file(exit status 1): write /a: no space left on device',
    'disk-full',
  ],
  ['filesystem layer verification failed for digest sha256:00', 'corrupt'],
  ['received unexpected HTTP status: 503 Service Unavailable', 'server-error'],
  ['Get "http://r/v2/": EOF', 'cut'],
  ['error pulling image configuration: download failed after attempts=1: unexpected EOF', 'cut'],
  ['read tcp 10.0.0.1:1->10.0.0.2:2: read: connection reset by peer', 'cut'],
  ['something new', 'other'],
])('%s: %s', (said, problem) => expect(pullProblem(said)).toBe(problem));

it('names the registry, the reason and what to do', () => {
  const at = (said: string, more: object = {}): { message: string; remedy: string } =>
    pullError({ image: '10.0.0.1:5000/a:1', said, ...more }, pullProblem(said));
  expect(at('x509: certificate signed by unknown authority').remedy).toContain(
    '/etc/docker/certs.d/10.0.0.1:5000/ca.crt',
  );
  expect(at('server gave HTTP response to HTTPS client').remedy).toContain('insecure-registries');
  expect(at('no basic auth credentials').remedy).toContain('docker login 10.0.0.1:5000');
  const asked = at('unauthorized', { user: 'me' });
  expect(asked.message).toContain('to me');
  expect(at('unauthorized', { credentialProblem: 'docker-credential-x failed.' }).message).toContain('credential-x');
  expect(at('no matching manifest', { platform: 'linux/s390x' }).message).toContain('linux/s390x');
  const hub = pullError(
    { image: 'redis:7', said: 'EOF', route: { mirrors: ['http://mirror:5000/'], proxy: null } },
    'cut',
  );
  expect(hub.message).toContain('http://mirror:5000/');
  expect(hub.details).toMatchObject({ registry: 'docker.io', problem: 'cut', reason: 'EOF' });
});

it('says which way an image comes', () => {
  const registries = { mirrors: ['http://m/'], proxy: 'http://proxy:3128', insecure: ['10.0.0.1:5000'] };
  expect(routeWords(registries, 'redis:7')).toBe(
    'For redis:7 the engine asks http://m/ before docker.io and goes through the proxy http://proxy:3128.',
  );
  expect(routeWords({ ...registries, proxy: null }, '10.0.0.1:5000/a')).toBe(
    'For 10.0.0.1:5000/a the engine takes 10.0.0.1:5000 for insecure.',
  );
  expect(routeWords({ ...registries, proxy: null }, 'ghcr.io/a')).toBeNull();
});
