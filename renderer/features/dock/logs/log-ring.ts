import type { LogLine } from '../../../../shared/contract/streams.ts';
import { plainText } from '../../../ui/plain-text.ts';

/** One line as it is kept: plain text, and an id that grows by one with every line this window has seen. */
export interface LogEntry {
  readonly id: number;
  readonly service: string;
  readonly container: string;
  readonly at: string | null;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

export interface LogRing {
  /** Id of the oldest line kept; equals `nextId` when there is none. */
  readonly firstId: number;
  /** Id the next line will get. */
  readonly nextId: number;
  /** UTF-16 units of text kept. */
  readonly units: number;
  get(id: number): LogEntry | undefined;
  push(lines: readonly LogLine[]): void;
  clear(): void;
}

export interface LogRingLimits {
  readonly lines: number;
  /** UTF-16 units of text over all lines. */
  readonly units: number;
  /** UTF-16 units of one line; what is longer is cut, with a mark. */
  readonly unitsPerLine: number;
}

export const defaultLimits: LogRingLimits = { lines: 50_000, units: 8 * 1024 * 1024, unitsPerLine: 16 * 1024 };

/** The last lines, bounded in number and size. Pushing and reading by id cost the same however much is kept. */
export function createLogRing(limits: LogRingLimits = defaultLimits): LogRing {
  let slots: (LogEntry | undefined)[] = [];
  let firstId = 0;
  let nextId = 0;
  let units = 0;

  const evict = (): void => {
    const slot = firstId % limits.lines;
    units -= slots[slot]?.text.length ?? 0;
    slots[slot] = undefined;
    firstId += 1;
  };

  return {
    get firstId() {
      return firstId;
    },
    get nextId() {
      return nextId;
    },
    get units() {
      return units;
    },
    get: (id) => (id >= firstId && id < nextId ? slots[id % limits.lines] : undefined),
    push(lines) {
      for (const line of lines) {
        const plain = plainText(line.text);
        const text =
          plain.length > limits.unitsPerLine
            ? `${plain.slice(0, limits.unitsPerLine)} … ${plain.length - limits.unitsPerLine} characters cut`
            : plain;
        while (nextId - firstId >= limits.lines || (firstId < nextId && units + text.length > limits.units)) evict();
        const { service, container, at, stream } = line;
        slots[nextId % limits.lines] = { id: nextId, service, container, at, stream, text };
        units += text.length;
        nextId += 1;
      }
    },
    clear() {
      slots = [];
      firstId = nextId;
      units = 0;
    },
  };
}
