export interface PasteQuestion {
  readonly text: string;
  readonly lines: number;
  /** The first lines, cut, with signs for what cannot be seen. */
  readonly preview: string;
  /** It holds control characters, or marks that make text look like other text. They are not passed on. */
  readonly hidden: boolean;
}

const mostLines = 12;
const mostUnits = 200;

/** Controls but tab and line feed; marks that turn or hide text. Joiners stay: some scripts are written with them. */
const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/**
 * Several lines pasted into a shell run one by one, before they can be read. Returns what to ask, or null for text that
 * is safe to pass on: one line without control characters, a closing line break included or not.
 * @param trusted several lines were agreed to before; what is hidden is asked about all the same.
 */
export function pasteQuestion(text: string, trusted = false): PasteQuestion | null {
  const whole = text.replace(/\r\n?/g, '\n');
  const body = whole.replace(/\n+$/, '');
  const lines = body.split('\n');
  const odd = body.search(hidden) >= 0;
  if (!odd && (lines.length === 1 || trusted)) return null;
  const shown = lines.slice(0, mostLines).map((line) => {
    const cut = line.length > mostUnits ? `${line.slice(0, mostUnits)}…` : line;
    return cut.replace(hidden, sign);
  });
  return { text: whole, lines: lines.length, preview: shown.join('\n'), hidden: odd };
}

/** Text as it is passed on: an escape in it could end the brackets that tell a shell what was pasted. */
export function cleanPaste(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(hidden, '');
}

function sign(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '␡';
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}
