export interface FoundLink {
  readonly url: string;
  /** Position in the text, UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

const candidate = /\bhttps?:\/\/[^\s<>"'`{}|\\^\u0000-\u0020]+/g;

/** The http(s) addresses of a line, without the punctuation that ends the sentence around them. */
export function findLinks(text: string): readonly FoundLink[] {
  const links: FoundLink[] = [];
  for (const match of text.matchAll(candidate)) {
    let url = match[0].replace(/[.,;:!?]+$/, '');
    // A closing bracket belongs to the address only when it was opened in it.
    while (/[)\]]$/.test(url)) {
      const close = url.at(-1) as string;
      const open = close === ')' ? '(' : '[';
      if (url.split(open).length >= url.split(close).length) break;
      url = url.slice(0, -1).replace(/[.,;:!?]+$/, '');
    }
    if (isWebAddress(url)) links.push({ url, start: match.index, end: match.index + url.length });
  }
  return links;
}

export function isWebAddress(text: string): boolean {
  try {
    return ['http:', 'https:'].includes(new URL(text).protocol);
  } catch {
    return false;
  }
}
