/**
 * Libraries that draw (the terminal, scroll locks) add `<style>` elements, which the content security policy accepts only
 * with the page's nonce and which they have no option for. The page carries the nonce in
 * `<meta property="csp-nonce" nonce="…">`; from here on every `style` element is created with it.
 */
export function adoptStyleNonce(page: Document): void {
  const nonce = page.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
  if (nonce === undefined || nonce === '') return;
  const create = page.createElement.bind(page);
  page.createElement = ((tag: string, options?: ElementCreationOptions) => {
    const element = create(tag, options);
    if (tag.toLowerCase() === 'style') element.nonce = nonce;
    return element;
  }) as typeof page.createElement;
}
