/** A stretch of a title, and whether the query hit it. */
export interface Piece {
  readonly text: string;
  readonly hit: boolean;
}

/**
 * Where the letters of the query are found in the text, in order: starts of words first, then runs. Null when they are
 * not all there. Used to draw what matched; the ranking is the palette's own.
 */
export function matchPieces(text: string, query: string): readonly Piece[] | null {
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return [{ text, hit: false }];
  const lower = text.toLowerCase();
  const whole = wordStart(lower, wanted);
  if (whole >= 0) return pieces(text, [[whole, whole + wanted.length]]);
  const runs: [number, number][] = [];
  let from = 0;
  for (const letter of wanted.replace(/\s+/g, '')) {
    const at = lower.indexOf(letter, from);
    if (at < 0) return null;
    const last = runs.at(-1);
    if (last !== undefined && last[1] === at) last[1] = at + 1;
    else runs.push([at, at + 1]);
    from = at + 1;
  }
  return pieces(text, runs);
}

function wordStart(text: string, wanted: string): number {
  let at = text.indexOf(wanted);
  const first = at;
  while (at > 0) {
    if (/[\s/_.-]/.test(text[at - 1] ?? '')) return at;
    at = text.indexOf(wanted, at + 1);
  }
  return at === 0 ? 0 : first;
}

function pieces(text: string, runs: readonly (readonly [number, number])[]): Piece[] {
  const out: Piece[] = [];
  let at = 0;
  for (const [start, end] of runs) {
    if (start > at) out.push({ text: text.slice(at, start), hit: false });
    out.push({ text: text.slice(start, end), hit: true });
    at = end;
  }
  if (at < text.length) out.push({ text: text.slice(at), hit: false });
  return out;
}
