import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Challenge {
  readonly url: string;
  close(): Promise<void>;
}

/** Asks everybody for a password; below `/open` it has a repository with one branch. Sets a cookie. */
export async function challengeServer(): Promise<Challenge> {
  const server = createServer((request, response) => {
    const open = request.url?.startsWith('/open') === true;
    response.writeHead(open ? 200 : 401, {
      ...(open ? { 'Content-Type': 'text/plain' } : { 'WWW-Authenticate': 'Basic realm="x"' }),
      'Set-Cookie': 'a=b; Path=/; Expires=Fri, 01 Jan 2100 00:00:00 GMT',
    });
    response.end(open ? `${'1'.repeat(40)}\trefs/heads/main\n` : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
