import type { Hello } from '../../shared/contract/system.ts';
import type { AppClient } from './app-client.ts';

/** Opens an http(s) address in the user's browser: through the desktop where there is one, else as a new tab. */
export async function openAddress(client: AppClient, hello: Hello | null, url: string): Promise<void> {
  if (hello?.desktop.openUrl === true) await client.call((api, options) => api.desktop.openUrl({ url }, options));
  else window.open(url, '_blank', 'noopener,noreferrer');
}
