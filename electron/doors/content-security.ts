/** What the build writes where a nonce belongs; replaced by a fresh one each time the page is served. */
export const pageNoncePlaceholder = '__CSP_NONCE__';

/**
 * The page's Content-Security-Policy, for the window and the browser alike. Scripts come from our own files only.
 * Styles too, but xterm.js writes style elements (they carry the nonce) and style attributes (its true colours).
 */
export function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "font-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
