export interface PasteQuestion {
  readonly text: string;
  readonly lines: number;
  readonly firstLine: string;
}

/**
 * Several lines pasted into a shell run one by one, before they can be read. Returns what to ask, or null for text that
 * is safe to pass on: one line without control characters, a closing line break included or not.
 */
export function pasteQuestion(text: string): PasteQuestion | null {
  const body = text.replace(/\r\n?/g, '\n').replace(/\n+$/, '');
  if (!body.includes('\n') && !/[\u0000-\u0008\u000b-\u001f\u007f]/.test(body)) return null;
  const lines = body.split('\n');
  const first = (lines[0] ?? '').replace(/[\u0000-\u001f\u007f]/g, '␀');
  return { text, lines: lines.length, firstLine: first.length > 80 ? `${first.slice(0, 80)}…` : first };
}
