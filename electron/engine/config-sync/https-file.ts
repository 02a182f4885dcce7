import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import type { Files } from '../platform/files.ts';
import { maxFileBytes, tooLarge } from './read-source.ts';
import { sourceFailed } from './source.ts';

const timeoutMs = 20_000;
const maxRedirects = 5;

/** Reads one file; null: it is not there. Throws `config.source-failed`. */
export type ReadUrl = (url: URL, signal: AbortSignal) => Promise<Uint8Array | null>;

const keptSchema = z.object({ url: z.string(), etag: z.string(), body: z.base64() });

export interface ReadUrlDeps {
  readonly files: Files;
  /** What was read is kept here by address, for as long as the server says it is the same. */
  readonly cacheFolder: string;
  readonly fetch: typeof fetch;
}

export function createReadUrl({ files, cacheFolder, fetch }: ReadUrlDeps): ReadUrl {
  const placeOf = (url: URL): string =>
    join(cacheFolder, `${createHash('sha256').update(url.href).digest('hex')}.json`);

  async function kept(url: URL): Promise<z.infer<typeof keptSchema> | undefined> {
    const place = placeOf(url);
    if ((await files.info(place)) === undefined) return undefined;
    try {
      const found = keptSchema.parse(JSON.parse(await files.readText(place)));
      return found.url === url.href ? found : undefined;
    } catch {
      return undefined;
    }
  }

  async function keep(url: URL, etag: string | null, body: Uint8Array): Promise<void> {
    if (etag === null) return;
    const text = JSON.stringify({ url: url.href, etag, body: Buffer.from(body).toString('base64') });
    await files.makeFolder(cacheFolder, { mode: 0o700 });
    await files.writeText(placeOf(url), text, { mode: 0o600 });
  }

  return async (url, given) => {
    const shown = `${url.origin}${url.pathname}`;
    const signal = AbortSignal.any([given, AbortSignal.timeout(timeoutMs)]);
    const before = await kept(url);
    try {
      const response = await follow(fetch, url, before?.etag, signal);
      if (response.status === 304 && before !== undefined) return Buffer.from(before.body, 'base64');
      if (response.status === 404 || response.status === 410) {
        await response.body?.cancel();
        return null;
      }
      if (!response.ok) {
        await response.body?.cancel();
        throw sourceFailed(
          shown,
          `the server answered ${response.status}`,
          'Open the address in a browser to see why.',
        );
      }
      const body = await bounded(response, shown);
      await keep(url, response.headers.get('etag'), body);
      return body;
    } catch (error) {
      given.throwIfAborted();
      if (signal.aborted) throw sourceFailed(shown, `no answer within ${timeoutMs / 1000} s`, 'Check the network.');
      if (error instanceof TypeError) throw sourceFailed(shown, causeOf(error), 'Check the address and the network.');
      throw error;
    }
  };
}

/** Another scheme is not followed to. */
async function follow(get: typeof fetch, start: URL, etag: string | undefined, signal: AbortSignal): Promise<Response> {
  let url = start;
  for (let hop = 0; hop <= maxRedirects; hop += 1) {
    const headers: Record<string, string> = etag === undefined ? {} : { 'if-none-match': etag };
    const response = await get(url, { headers, signal, redirect: 'manual', credentials: 'omit' });
    const location = response.headers.get('location');
    if (![301, 302, 303, 307, 308].includes(response.status) || location === null) return response;
    await response.body?.cancel();
    const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
    if (next?.protocol !== start.protocol) {
      throw sourceFailed(start.origin + start.pathname, 'it leads to another scheme', 'Use the address it leads to.');
    }
    url = next;
  }
  throw sourceFailed(start.origin + start.pathname, 'it leads in circles', 'Use the address it should lead to.');
}

async function bounded(response: Response, shown: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = response.body?.getReader();
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.byteLength;
    if (bytes > maxFileBytes) {
      await reader.cancel();
      throw tooLarge(shown);
    }
    chunks.push(value);
  }
  return Buffer.concat(chunks);
}

function causeOf(error: Error): string {
  const { cause } = error;
  return cause instanceof Error ? cause.message : error.message;
}
