/** The page's own scheme: a real origin with a policy, unlike `file:`. */
export const scheme = 'app';
export const host = 'goldenhour';
export const origin = `${scheme}://${host}`;
export const pageUrl = `${origin}/`;

/** Is this address one of ours? */
export function isOurs(address: string): boolean {
  return address === origin || address.startsWith(pageUrl);
}
