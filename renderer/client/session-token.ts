import { z } from 'zod';

const key = 'goldenhour.session';
const sessionSchema = z.object({ token: z.string() });

/**
 * The key to the browser's door. The link that opened this page has a token in its fragment; it is traded once for a
 * session token, which stays in this tab's storage so that a reload works. Null when there is neither.
 */
export async function sessionToken(page: Window, signal: AbortSignal): Promise<string | null> {
  const link = new URLSearchParams(page.location.hash.slice(1)).get('token');
  if (link === null) return page.sessionStorage.getItem(key);
  // Out of the address bar and the history first, whatever comes of it.
  page.history.replaceState(null, '', page.location.pathname);
  const answer = await page.fetch('/session', { method: 'POST', body: JSON.stringify({ token: link }), signal });
  if (!answer.ok) return page.sessionStorage.getItem(key);
  const { token } = sessionSchema.parse(await answer.json());
  page.sessionStorage.setItem(key, token);
  return token;
}
