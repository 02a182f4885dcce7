/**
 * Shortcuts are written `mod+k`, `shift+r`, or as a sequence `g s`. `mod` is ⌘ on a Mac and Ctrl elsewhere.
 */
const isMac = (): boolean => typeof navigator !== 'undefined' && /Mac/.test(navigator.userAgent);

const words: Record<string, [mac: string, other: string]> = {
  mod: ['⌘', 'Ctrl'],
  shift: ['⇧', 'Shift'],
  alt: ['⌥', 'Alt'],
  enter: ['↵', 'Enter'],
  escape: ['esc', 'Esc'],
  backspace: ['⌫', 'Backspace'],
  delete: ['⌦', 'Delete'],
  space: ['Space', 'Space'],
  up: ['↑', '↑'],
  down: ['↓', '↓'],
  left: ['←', '←'],
  right: ['→', '→'],
};

/** The caps to draw for a shortcut. */
export function keyWords(keys: string, mac = isMac()): string[] {
  return keys
    .split(/[\s+]+/)
    .filter((key) => key !== '')
    .map((key) => words[key.toLowerCase()]?.[mac ? 0 : 1] ?? (key.length === 1 ? key.toUpperCase() : key));
}

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** Does one key press match one step of a shortcut (`mod+k`, `?`, `s`)? */
export function matchesKey(press: KeyPress, step: string, mac = isMac()): boolean {
  const parts = step.toLowerCase().split('+');
  const key = parts.at(-1) ?? '';
  const wants = new Set(parts.slice(0, -1));
  const mod = mac ? press.metaKey : press.ctrlKey;
  const otherMod = mac ? press.ctrlKey : press.metaKey;
  if (mod !== wants.has('mod') || otherMod || press.altKey !== wants.has('alt')) return false;
  // A printed character such as "?" already contains the shift that made it.
  if (/^[a-z0-9]$/.test(key) || key.length > 1) {
    if (press.shiftKey !== wants.has('shift')) return false;
  }
  return press.key.toLowerCase() === key;
}

/**
 * Follows sequences such as `g s` across key presses. Give it every press; it returns the id that was completed.
 * A pause of more than `patience` ms starts over.
 */
export function createSequence(
  now: () => number,
  patience = 1200,
): (press: KeyPress, shortcuts: readonly { readonly id: string; readonly keys: string }[]) => string | null {
  let done: KeyPress[] = [];
  let last = Number.NEGATIVE_INFINITY;
  return (press, shortcuts) => {
    if (['Shift', 'Control', 'Alt', 'Meta'].includes(press.key)) return null;
    if (now() - last > patience) done = [];
    last = now();
    const attempt = (presses: readonly KeyPress[]): string | null | 'prefix' => {
      let prefix = false;
      for (const shortcut of shortcuts) {
        const steps = shortcut.keys.split(' ');
        if (!presses.every((one, index) => steps[index] !== undefined && matchesKey(one, steps[index]))) continue;
        if (steps.length === presses.length) return shortcut.id;
        prefix = true;
      }
      return prefix ? 'prefix' : null;
    };
    for (const presses of [[...done, press], [press]]) {
      const found = attempt(presses);
      if (found === 'prefix') {
        done = presses;
        return null;
      }
      if (found !== null) {
        done = [];
        return found;
      }
    }
    done = [];
    return null;
  };
}

/** Is the user typing into something? Single-letter shortcuts stay out of the way then. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}
