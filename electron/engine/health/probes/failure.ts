import { AppError } from '../../../../shared/errors.ts';

/** The service answered, or not, in a way that counts as a failed probe. Its message is one line for the user. */
export class ProbeFailure extends Error {
  override readonly name = 'ProbeFailure';
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nothing listens on its port.',
  ECONNRESET: 'It broke the connection off.',
  EPIPE: 'It broke the connection off.',
  EHOSTUNREACH: 'Its address cannot be reached.',
  ENETUNREACH: 'Its address cannot be reached.',
  ETIMEDOUT: 'It did not answer.',
  ENOTFOUND: 'Its name is not known.',
  CERT_HAS_EXPIRED: 'Its certificate has expired.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'Its certificate is self-signed (set insecure: true to accept it).',
  SELF_SIGNED_CERT_IN_CHAIN: 'Its certificate is signed by an unknown authority (set insecure: true to accept it).',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'Its certificate is signed by an unknown authority (set insecure: true to accept it).',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Its certificate is for another name (set insecure: true to accept it).',
};

/** Why a probe failed, as one line. */
export function failureText(error: unknown): string {
  if (error instanceof ProbeFailure) return oneLine(error.message);
  if (error instanceof AppError) return oneLine(error.message);
  const { code, message } = error as { code?: unknown; message?: unknown };
  const known = typeof code === 'string' ? words[code] : undefined;
  return known ?? oneLine(String(message ?? error));
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 300);
}
