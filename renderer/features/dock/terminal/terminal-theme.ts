import type { ITheme } from '@xterm/xterm';

/** The canvas of a terminal cannot use `light-dark()`: colours are resolved on a probe element in the page. */
export function resolveColor(property: string, within: HTMLElement = document.body): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${property})`;
  probe.style.display = 'none';
  within.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}

// Sixteen colours that keep their distance on both grounds; xterm lifts what is below 4.5:1.
const light = {
  black: '#2a261f',
  red: '#b02040',
  green: '#1a6e4c',
  yellow: '#765300',
  blue: '#2f5bb7',
  magenta: '#8a3a86',
  cyan: '#0f6b78',
  white: '#6d675d',
  brightBlack: '#68635a',
  brightRed: '#cf3a55',
  brightGreen: '#2f9a6c',
  brightYellow: '#946a00',
  brightBlue: '#4453cf',
  brightMagenta: '#a3479e',
  brightCyan: '#15808f',
  brightWhite: '#1f1c17',
};
const dark = {
  black: '#323b48',
  red: '#ff94a7',
  green: '#74d0a5',
  yellow: '#ebcc70',
  blue: '#8fb4ff',
  magenta: '#e0a3dc',
  cyan: '#79ccd8',
  white: '#b3bbc7',
  brightBlack: '#919bab',
  brightRed: '#ffb0be',
  brightGreen: '#93e0bd',
  brightYellow: '#f5dd94',
  brightBlue: '#b0caff',
  brightMagenta: '#edbfea',
  brightCyan: '#9adfe9',
  brightWhite: '#e9ecf1',
};

export function isDark(): boolean {
  const forced = document.documentElement.dataset['theme'];
  return forced === 'dark' || (forced !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
}

export function terminalTheme(): ITheme {
  return {
    ...(isDark() ? dark : light),
    background: resolveColor('--bg-sunken'),
    foreground: resolveColor('--text'),
    cursor: resolveColor('--text'),
    cursorAccent: resolveColor('--bg-sunken'),
    selectionBackground: resolveColor('--fill-selected'),
    selectionInactiveBackground: resolveColor('--fill-selected'),
    scrollbarSliderBackground: resolveColor('--line-strong'),
    scrollbarSliderHoverBackground: resolveColor('--edge'),
    scrollbarSliderActiveBackground: resolveColor('--edge'),
  };
}

/** The font of the window's own code, resolved: a canvas knows no variables. */
export function terminalFont(): { readonly fontFamily: string; readonly fontSize: number } {
  const style = getComputedStyle(document.documentElement);
  const family = style.getPropertyValue('--font-mono').trim();
  const size = Number.parseFloat(style.getPropertyValue('--size-12'));
  return { fontFamily: family === '' ? 'monospace' : family, fontSize: Number.isFinite(size) ? size : 12 };
}

/** Marks of found text. xterm takes `#rrggbb` only. */
export function searchColors(): {
  readonly matchBackground: string;
  readonly matchOverviewRuler: string;
  readonly activeMatchBackground: string;
  readonly activeMatchColorOverviewRuler: string;
} {
  const all = isDark() ? '#4a4023' : '#f1e3b4';
  const active = isDark() ? '#8a6d1a' : '#f0bf4c';
  return {
    matchBackground: all,
    matchOverviewRuler: all,
    activeMatchBackground: active,
    activeMatchColorOverviewRuler: active,
  };
}

/** Calls back when light becomes dark or the other way round, by the system or by the settings. */
export function onThemeChange(callback: () => void): () => void {
  const media = matchMedia('(prefers-color-scheme: dark)');
  const observer = new MutationObserver(callback);
  media.addEventListener('change', callback);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => {
    media.removeEventListener('change', callback);
    observer.disconnect();
  };
}
