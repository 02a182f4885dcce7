/** Which of a session's outputs a piece belongs to. With a terminal there is only `data`. */
export type OutputKind = 'data' | 'errors';

interface Segment {
  readonly kind: OutputKind;
  text: string;
  /** Position of its first unit among everything, and among `data` alone. */
  readonly start: number;
  readonly dataStart: number;
}

export interface Slice {
  readonly data: string;
  readonly errors: string;
  /** Where to read on. */
  readonly position: number;
  /** UTF-16 units of `data` up to there, since the beginning. */
  readonly offset: number;
}

/** The tail of a session's output, bounded, read by position. */
export interface ReplayBuffer {
  append(kind: OutputKind, text: string): void;
  /** From `position` (or the oldest kept) on, about `maxUnits`, not past `until`, where a reader was before. */
  read(position: number, maxUnits: number, until?: number): Slice;
  readonly start: number;
  readonly end: number;
}

/** Small pieces are put together up to this size; larger ones stay as they came. */
const mergeUnits = 4096;

/** Lengths are UTF-16 units. Cuts only where a piece of input ended, which is never inside a character. */
export function createReplayBuffer(maxUnits = 256 * 1024): ReplayBuffer {
  const segments: Segment[] = [];
  let start = 0;
  let end = 0;
  let dataEnd = 0;

  return {
    append(kind, text) {
      if (text === '') return;
      const last = segments.at(-1);
      if (last !== undefined && last.kind === kind && last.text.length + text.length <= mergeUnits) last.text += text;
      else segments.push({ kind, text, start: end, dataStart: dataEnd });
      end += text.length;
      if (kind === 'data') dataEnd += text.length;
      while (segments.length > 1 && end - start > maxUnits) {
        const dropped = segments.shift();
        start += dropped?.text.length ?? 0;
      }
    },
    read(position, limit, until = end) {
      const from = Math.max(position, start);
      const parts: Record<OutputKind, string[]> = { data: [], errors: [] };
      let at = from;
      let offset = dataEnd;
      for (const segment of segments) {
        const segmentEnd = Math.min(segment.start + segment.text.length, Math.max(until, from));
        if (segmentEnd <= from) continue;
        if (segment.start >= segmentEnd || (at > from && segmentEnd - from > limit)) break;
        parts[segment.kind].push(segment.text.slice(at - segment.start, segmentEnd - segment.start));
        at = segmentEnd;
        offset = segment.dataStart + (segment.kind === 'data' ? segmentEnd - segment.start : 0);
      }
      return { data: parts.data.join(''), errors: parts.errors.join(''), position: at, offset };
    },
    get start() {
      return start;
    },
    get end() {
      return end;
    },
  };
}
