import type { LogEntry, LogRing } from './log-ring.ts';

/** The lines of a ring that pass a filter, by position. Cheap to keep up with a ring that moves. */
export interface LogView {
  readonly length: number;
  /** Lines shown once that have left the ring since the view was made: how far positions have moved. */
  readonly gone: number;
  at(index: number): LogEntry | undefined;
  /** Position of the line with this id, or of the next one that passes; -1 when there is none. */
  indexOf(id: number): number;
  /** Takes in what has come and gone in the ring. */
  update(): void;
}

export type LogFilter = (entry: LogEntry) => boolean;

/** Without a filter every line of the ring is shown and nothing is stored. */
export function createLogView(ring: LogRing, filter: LogFilter | null): LogView {
  return filter === null ? everything(ring) : filtered(ring, filter);
}

function everything(ring: LogRing): LogView {
  const start = ring.firstId;
  let first = ring.firstId;
  let next = ring.nextId;
  return {
    get length() {
      return next - first;
    },
    get gone() {
      return first - start;
    },
    at: (index) => ring.get(first + index),
    indexOf: (id) => (id >= next ? -1 : Math.max(0, id - first)),
    update() {
      first = ring.firstId;
      next = ring.nextId;
    },
  };
}

function filtered(ring: LogRing, filter: LogFilter): LogView {
  let ids: number[] = [];
  let head = 0;
  let gone = 0;
  let scanned = ring.firstId;

  const update = (): void => {
    while (head < ids.length && (ids[head] as number) < ring.firstId) {
      head += 1;
      gone += 1;
    }
    if (head > 4096 && head * 2 > ids.length) {
      ids = ids.slice(head);
      head = 0;
    }
    for (let id = Math.max(scanned, ring.firstId); id < ring.nextId; id += 1) {
      const entry = ring.get(id);
      if (entry !== undefined && filter(entry)) ids.push(id);
    }
    scanned = ring.nextId;
  };
  update();

  return {
    get length() {
      return ids.length - head;
    },
    get gone() {
      return gone;
    },
    at(index) {
      const id = ids[head + index];
      return id === undefined ? undefined : ring.get(id);
    },
    indexOf(id) {
      let low = head;
      let high = ids.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((ids[middle] as number) < id) low = middle + 1;
        else high = middle;
      }
      return low === ids.length ? -1 : low - head;
    },
    update,
  };
}
