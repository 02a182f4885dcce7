/** One line of the engine's pull output. */
export interface PullLine {
  readonly status?: string;
  readonly id?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly error?: string;
}

type LayerPhase = 'waiting' | 'downloading' | 'again' | 'downloaded' | 'extracting' | 'done';

interface Layer {
  phase: LayerPhase;
  /** Bytes; never falls, also when a cut layer is fetched from its start again. */
  done: number;
  /** Bytes; null until the registry has said it. */
  total: number | null;
  here: boolean;
}

export interface LayerCounts {
  readonly all: number;
  /** In place, downloaded or already there. */
  readonly done: number;
  /** Of these, how many the engine had before. */
  readonly here: number;
}

/** Adds up the layers' downloads, in bytes. Layers that were here already count nothing. */
export interface PullProgress {
  /** True when something to show changed. */
  take(line: PullLine): boolean;
  /** `total` is null until every layer has said how large it is. */
  sums(): { readonly done: number; readonly total: number | null };
  layers(): LayerCounts;
  /** What it is doing, in words. */
  words(): string;
  /** Layers whose download ended since the last call: short id and bytes. */
  finished(): readonly { readonly id: string; readonly bytes: number }[];
}

export function createPullProgress(): PullProgress {
  const layers = new Map<string, Layer>();
  const told = new Set<string>();
  let fresh: string[] = [];

  const enter = (id: string, phase: LayerPhase): boolean => {
    const layer = layers.get(id);
    if (layer === undefined) {
      layers.set(id, { phase, done: 0, total: null, here: false });
      return true;
    }
    if (layer.phase === phase) return false;
    layer.phase = phase;
    return true;
  };
  const complete = (id: string, phase: LayerPhase): boolean => {
    const changed = enter(id, phase);
    const layer = layers.get(id);
    if (layer === undefined) return changed;
    // A layer too small for a line of its own: its size was never told.
    layer.total ??= layer.done;
    const more = layer.done !== layer.total;
    layer.done = layer.total;
    if (!layer.here && !told.has(id)) {
      told.add(id);
      fresh.push(id);
    }
    return changed || more;
  };

  return {
    take(line) {
      const { id, status } = line;
      if (id === undefined || status === undefined) return false;
      if (status === 'Downloading') {
        const current = line.progressDetail?.current ?? 0;
        const announced = line.progressDetail?.total ?? 0;
        enter(id, 'downloading');
        const layer = layers.get(id);
        if (layer === undefined) return false;
        layer.done = Math.max(layer.done, current);
        // The engine reports -1 or nothing when the registry does not say how large a layer is.
        if (announced > 0 || layer.total !== null) layer.total = Math.max(announced, layer.total ?? 0, layer.done);
        layer.here = false;
        return true;
      }
      switch (status) {
        case 'Pulling fs layer':
        case 'Waiting':
          return enter(id, 'waiting');
        case 'Verifying Checksum':
        case 'Download complete':
          return complete(id, 'downloaded');
        case 'Extracting':
          return complete(id, 'extracting');
        case 'Pull complete':
          return complete(id, 'done');
        case 'Already exists': {
          const before = layers.get(id);
          if (before?.phase === 'done') return false;
          // What an earlier attempt brought here is no less downloaded.
          if (before !== undefined && before.done > 0) return complete(id, 'done');
          layers.set(id, { phase: 'done', done: 0, total: 0, here: true });
          return true;
        }
        default:
          return status.startsWith('Retrying in ') ? enter(id, 'again') : false;
      }
    },
    sums() {
      let done = 0;
      let total: number | null = 0;
      for (const layer of layers.values()) {
        done += layer.done;
        total = total === null || layer.total === null ? null : total + layer.total;
      }
      return { done, total: layers.size === 0 ? null : total };
    },
    layers() {
      const all = [...layers.values()];
      return {
        all: all.length,
        done: all.filter((layer) => layer.phase === 'done').length,
        here: all.filter((layer) => layer.here).length,
      };
    },
    words() {
      const all = [...layers.values()];
      if (all.length === 0) return 'Asking the registry';
      const many = `${all.filter((layer) => layer.phase === 'done').length} of ${all.length} layers`;
      if (all.some((layer) => layer.phase === 'again'))
        return `The connection was lost; the engine tries again, ${many}`;
      if (all.some((layer) => layer.phase === 'downloading' || layer.phase === 'waiting'))
        return `Downloading, ${many}`;
      if (all.every((layer) => layer.phase === 'done')) return `${many}`;
      return `Extracting, ${many}`;
    },
    finished() {
      const ended = fresh.map((id) => ({ id, bytes: layers.get(id)?.done ?? 0 }));
      fresh = [];
      return ended;
    },
  };
}
