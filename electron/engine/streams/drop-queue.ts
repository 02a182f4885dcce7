/** A queue bounded by bytes that gives up its oldest entries. */
export interface DropQueue<T> {
  readonly length: number;
  readonly bytes: number;
  /** Returns how many entries had to go. An entry larger than the whole limit is kept alone. */
  push(item: T, bytes: number): number;
  /** Oldest first, at least one if there is one, until the next would exceed `maxBytes`. */
  takeUpTo(maxBytes: number): T[];
}

export function createDropQueue<T>(maxBytes: number): DropQueue<T> {
  let items: (T | undefined)[] = [];
  let sizes: number[] = [];
  let head = 0;
  let bytes = 0;

  const shift = (): T | undefined => {
    const item = items[head];
    // Let the value go now; the slot itself goes with the next compaction.
    items[head] = undefined;
    bytes -= sizes[head] ?? 0;
    head += 1;
    if (head > 1024 && head * 2 > items.length) {
      items = items.slice(head);
      sizes = sizes.slice(head);
      head = 0;
    }
    return item;
  };

  return {
    get length() {
      return items.length - head;
    },
    get bytes() {
      return bytes;
    },
    push(item, size) {
      items.push(item);
      sizes.push(size);
      bytes += size;
      let dropped = 0;
      while (bytes > maxBytes && items.length - head > 1) {
        shift();
        dropped += 1;
      }
      return dropped;
    },
    takeUpTo(limit) {
      const taken: T[] = [];
      let size = 0;
      while (items.length > head) {
        const next = sizes[head] ?? 0;
        if (taken.length > 0 && size + next > limit) break;
        size += next;
        taken.push(shift() as T);
      }
      return taken;
    },
  };
}
