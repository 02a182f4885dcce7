/** One line of the engine's pull output. */
export interface PullLine {
  readonly status?: string;
  readonly id?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly error?: string;
}

interface Layer {
  done: number;
  total: number;
}

/** Adds up the layers' downloads, in bytes. Layers that were here already count nothing. */
export function createPullProgress(): {
  /** True when the sums changed. */
  take(line: PullLine): boolean;
  readonly sums: () => { readonly done: number; readonly total: number | null };
} {
  const layers = new Map<string, Layer>();
  return {
    take(line) {
      const { id, status } = line;
      if (id === undefined || status === undefined) return false;
      if (status === 'Downloading') {
        const total = line.progressDetail?.total ?? 0;
        const done = line.progressDetail?.current ?? 0;
        // The engine reports -1 or nothing when the registry does not say how large a layer is.
        layers.set(id, { done, total: Math.max(total, done) });
        return true;
      }
      const layer = layers.get(id);
      if (layer !== undefined && /^(Download complete|Verifying Checksum|Extracting|Pull complete)$/.test(status)) {
        if (layer.done === layer.total) return false;
        layer.done = layer.total;
        return true;
      }
      return false;
    },
    sums() {
      let done = 0;
      let total = 0;
      for (const layer of layers.values()) {
        done += layer.done;
        total += layer.total;
      }
      return { done, total: layers.size === 0 ? null : total };
    },
  };
}
