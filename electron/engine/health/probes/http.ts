import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { z } from 'zod';
import type { httpProbeSchema } from '../../../../shared/domain/checks.ts';
import type { Address } from '../../platform/network.ts';
import { oneLine, ProbeFailure } from './failure.ts';

export type HttpProbe = z.infer<typeof httpProbeSchema>;

const bodyLimit = 64 * 1024;
const dayMs = 86_400_000;
/** A certificate that ends this soon is worth a word while it is still good. */
const certificateWarningMs = 14 * dayMs;

/** One request, redirects not followed: a redirect is an answer (and in the accepted range unless told otherwise). */
export async function probeHttp(address: Address, probe: HttpProbe, now: Date, signal: AbortSignal): Promise<string> {
  const { response, certificate } = await ask(address, probe, signal);
  const status = response.statusCode ?? 0;
  const body = await readBody(response, signal);
  const words = `${status} ${response.statusMessage ?? ''}`.trim();
  if (!accepted(status, probe.status ?? ['200-399'])) {
    const line = /^text|json/.test(response.headers['content-type'] ?? '')
      ? oneLine(stripTags(body)).slice(0, 120)
      : '';
    throw new ProbeFailure(line === '' ? `It answered ${words}.` : `It answered ${words}: ${line}`);
  }
  if (probe.body !== undefined && !body.includes(probe.body)) {
    throw new ProbeFailure(`It answered ${words} without “${oneLine(probe.body).slice(0, 60)}”.`);
  }
  const until = certificate === null ? null : Date.parse(certificate.validTo);
  if (until !== null && !Number.isNaN(until)) {
    // With `insecure` nobody else looks at the date.
    if (until < now.getTime()) throw new ProbeFailure(`Its certificate expired on ${certificate?.validTo}.`);
    if (until - now.getTime() < certificateWarningMs)
      return `${words}; its certificate expires on ${certificate?.validTo}.`;
  }
  return words;
}

interface Answer {
  readonly response: IncomingMessage;
  readonly certificate: { readonly validTo: string } | null;
}

function ask(address: Address, probe: HttpProbe, signal: AbortSignal): Promise<Answer> {
  const secure = probe.scheme === 'https';
  const host = Object.entries(probe.headers ?? {}).find(([name]) => name.toLowerCase() === 'host')?.[1];
  return new Promise((resolve, reject) => {
    const request = (secure ? requestHttps : requestHttp)({
      host: address.host,
      port: address.port,
      path: probe.path ?? '/',
      method: probe.method ?? 'GET',
      headers: {
        'user-agent': 'golden-hour',
        accept: '*/*',
        connection: 'close',
        host: 'localhost',
        ...lower(probe.headers),
      },
      agent: false,
      signal,
      ...(secure
        ? { rejectUnauthorized: probe.insecure !== true, servername: (host ?? 'localhost').replace(/:\d+$/, '') }
        : {}),
    });
    request.on('error', (error) => reject(signal.aborted ? signal.reason : error));
    request.on('response', (response) => {
      const certificate = secure ? (response.socket as TLSSocket).getPeerCertificate() : null;
      resolve({
        response,
        certificate: certificate?.valid_to === undefined ? null : { validTo: certificate.valid_to },
      });
    });
    request.end();
  });
}

function lower(headers: Readonly<Record<string, string>> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
}

async function readBody(response: IncomingMessage, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response) {
      chunks.push(chunk as Buffer);
      size += (chunk as Buffer).length;
      if (size >= bodyLimit) break;
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw error;
  } finally {
    response.destroy();
  }
  return Buffer.concat(chunks).toString('utf8', 0, bodyLimit);
}

function accepted(status: number, ranges: readonly (string | number)[]): boolean {
  return ranges.some((range) => {
    const text = String(range);
    if (text.endsWith('xx')) return Math.floor(status / 100) === Number(text.charAt(0));
    const [from = '', to = from] = text.split('-');
    return status >= Number(from) && status <= Number(to);
  });
}

const stripTags = (text: string): string => text.replace(/<(style|script)[\s\S]*?<\/\1>|<[^>]*>/gi, ' ');
