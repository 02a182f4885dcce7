import type { Settings } from '../../shared/contract/settings.ts';

type Theme = Settings['theme'];
const key = 'goldenhour.theme';

const isTheme = (value: string | null): value is Theme => value === 'system' || value === 'light' || value === 'dark';

/** Sets the theme on the page, and remembers it so that the next window does not flash the other one. */
export function applyTheme(theme: Theme, page: Document = document, places: Storage = localStorage): void {
  if (theme === 'system') delete page.documentElement.dataset['theme'];
  else page.documentElement.dataset['theme'] = theme;
  try {
    places.setItem(key, theme);
  } catch {
    // Only the memory is lost.
  }
}

/** Before the engine has told us the settings: the theme of the last window. */
export function applyRememberedTheme(): void {
  try {
    const last = localStorage.getItem(key);
    if (isTheme(last)) applyTheme(last);
  } catch {
    // Storage may be forbidden; the system's theme is fine.
  }
}
