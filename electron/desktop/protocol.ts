import { protocol, type Session } from 'electron';
import { readPageFile } from '../doors/page-files.ts';
import { host, scheme } from './page-address.ts';

/** Must run before the app is ready. */
export function declareScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Serves the built page from `folder` as `app://goldenhour/`. */
export function servePage(session: Session, folder: string): void {
  session.protocol.handle(scheme, async (request) => {
    const url = new URL(request.url);
    const reads = request.method === 'GET' || request.method === 'HEAD';
    // Another host or method gets the same answer, policy included, as a file that is not there.
    const file = await readPageFile(folder, url.host === host && reads ? url.pathname : '/not-here');
    const body = typeof file.body === 'string' ? file.body : new Uint8Array(file.body);
    return new Response(request.method === 'HEAD' ? null : body, { status: file.status, headers: file.headers });
  });
}
