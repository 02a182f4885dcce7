import { plainText } from '../../ui/plain-text.ts';

export interface OutputLine {
  /** Grows by one per line, also over those that were given up. */
  readonly id: number;
  readonly text: string;
}

export interface OutputView {
  readonly lines: readonly OutputLine[];
  /** Characters or lines the engine or we gave up, so that they can be owned up to. */
  readonly dropped: number;
}

export interface OutputText {
  append(text: string, dropped: number): void;
  clear(): void;
  view(): OutputView;
}

/** A step's output as lines, the newest `most` of them, none longer than `widest`. A piece may end within a line. */
export function createOutputText(most = 2000, widest = 4000): OutputText {
  let lines: OutputLine[] = [];
  /** The line that has not ended yet, raw. */
  let open = '';
  let next = 0;
  let dropped = 0;
  let shown: OutputView | null = null;
  const push = (raw: string): void => {
    lines.push({ id: next, text: plainText(raw).slice(0, widest) });
    next += 1;
  };
  return {
    append(text, lost) {
      if (text === '' && lost === 0) return;
      shown = null;
      dropped += lost;
      const parts = (open + text).split('\n');
      open = parts.pop() ?? '';
      // A progress bar rewrites one line for minutes: only what it shows last counts.
      const carriage = open.lastIndexOf('\r', open.length - 2);
      if (carriage > 0) open = open.slice(carriage + 1);
      if (open.length > 2 * widest) open = open.slice(-widest);
      for (const part of parts) push(part);
      if (lines.length > most) {
        dropped += lines.length - most;
        lines = lines.slice(-most);
      }
    },
    clear() {
      lines = [];
      open = '';
      dropped = 0;
      shown = null;
    },
    view() {
      shown ??= {
        lines: open === '' ? [...lines] : [...lines, { id: next, text: plainText(open).slice(0, widest) }],
        dropped,
      };
      return shown;
    },
  };
}
