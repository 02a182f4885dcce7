import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { contentSecurityPolicy, pageNoncePlaceholder } from './content-security.ts';

/** One answer to a request for the page or one of its files. */
export interface PageFile {
  readonly status: 200 | 404;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.map': 'application/json; charset=utf-8',
};

/**
 * Serves the built page from a folder. Every answer has the policy, refusals too: an error page without one would run
 * unprotected. `path` is the URL's path, still percent-encoded. Never rejects.
 */
export async function readPageFile(folder: string, path: string): Promise<PageFile> {
  const nonce = randomBytes(16).toString('base64');
  const common = {
    'content-security-policy': contentSecurityPolicy(nonce),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  };
  const file = resolveInside(folder, path === '/' ? '/index.html' : path);
  const type = file === undefined ? undefined : types[extname(file)];
  const bytes = file === undefined || type === undefined ? undefined : await readFile(file).catch(() => undefined);
  if (bytes === undefined || type === undefined) {
    return {
      status: 404,
      headers: { ...common, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
      body: 'Not found',
    };
  }
  const isPage = type.startsWith('text/html');
  return {
    status: 200,
    headers: {
      ...common,
      'content-type': type,
      // The build puts a hash into every other name.
      'cache-control': isPage ? 'no-store' : 'public, max-age=31536000, immutable',
    },
    body: isPage ? bytes.toString('utf8').replaceAll(pageNoncePlaceholder, nonce) : bytes,
  };
}

function resolveInside(folder: string, path: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return undefined;
  const file = join(folder, decoded);
  return file.startsWith(folder + sep) ? file : undefined;
}
