import type { z } from 'zod';
import type { StoreView } from '../../../shared/contract/golden.ts';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../platform/random.ts';
import type { Helper, ScriptOptions } from './helper.ts';
import {
  type Checked,
  checkedSchema,
  environmentRecordSchema,
  type Generation,
  generationSchema,
  type Left,
  leftSchema,
  type Manifest,
  manifestSchema,
  type Timings,
  timingsSchema,
} from './manifest.ts';
import type { GoldenDeps } from './ports.ts';
import { describeStore, diskUsage, scanStore } from './scripts/store.ts';

export type Way = 'reflink' | 'copy';

export interface StoredGeneration {
  readonly generation: Generation;
  readonly left: Left | null;
  readonly timings: Timings | null;
  /** Volume's file key → name of its data folder. */
  readonly links: ReadonlyMap<string, string>;
}

export interface StoredEnvironment {
  readonly key: string;
  readonly environmentId: string;
  readonly currentId: string | null;
  readonly generations: ReadonlyMap<string, StoredGeneration>;
}

/** Everything the store says about itself, as of one scan. */
export interface StoreContent {
  readonly images: readonly { readonly manifest: Manifest; readonly checked: Checked | null }[];
  readonly environments: ReadonlyMap<string, StoredEnvironment>;
}

export interface Abilities {
  readonly way: Way;
  readonly fileSystem: string | null;
}

export interface Store {
  /** What copying means here, found by trying once per engine. */
  abilities(signal: AbortSignal): Promise<Abilities>;
  /** Reads everything again. */
  scan(signal: AbortSignal): Promise<StoreContent>;
  /** Runs a script that ends in a scan. */
  runAndScan(script: string, args: readonly string[], options: ScriptOptions): Promise<StoreContent>;
  /** As of the last scan; empty before the first. */
  content(): StoreContent;
  /** The same, after a first scan where there was none. */
  known(signal: AbortSignal): Promise<StoreContent>;
  /** Bytes a new file could take, as of the last scan. */
  freeBytes(): number;
  /** Bytes on disk per folder (relative to the store), null where there is none. */
  usage(folders: readonly string[], signal: AbortSignal): Promise<readonly (number | null)[]>;
  /** Creates nothing: not ready when there is no store yet. */
  view(signal: AbortSignal): Promise<StoreView>;
  lastView(): StoreView | null;
}

const nothing: StoreContent = { images: [], environments: new Map() };

export function createStore(deps: Pick<GoldenDeps, 'docker' | 'onChange'>, helper: Helper): Store {
  let known: { readonly engineId: string; readonly abilities: Abilities } | undefined;
  let content = nothing;
  let scanned: string | undefined;
  /** How many looks at the store became `content`. */
  let adopted = 0;
  let last: StoreView | null = null;
  let space: { readonly total: number; readonly free: number } | undefined;

  function readSpace(line: string): void {
    const [block = 0, total = 0, available = 0] = line.split(' ').slice(1).map(Number);
    space = { total: block * total, free: block * available };
  }

  const store: Store = {
    async abilities(signal) {
      const { engineId } = deps.docker();
      if (known?.engineId === engineId) return known.abilities;
      const lines = await helper.run(describeStore, [newId()], { signal, what: 'be examined' });
      const facts = new Map(lines.map((line) => [line.split(' ', 1)[0] ?? '', line]));
      readSpace(facts.get('space') ?? '');
      const abilities: Abilities = {
        way: facts.get('way') === 'way reflink' ? 'reflink' : 'copy',
        fileSystem: facts.get('filesystem')?.slice('filesystem '.length) ?? null,
      };
      known = { engineId, abilities };
      return abilities;
    },
    scan: (signal) => store.runAndScan(scanStore, [], { signal, what: 'list what it holds' }),
    async runAndScan(script, args, options) {
      const { engineId } = deps.docker();
      await store.abilities(options.signal);
      let before = adopted;
      let lines = await helper.run(script, args, { ...options, maxBytes: 64 * 1024 * 1024 });
      // Another look ended while this one was under way, and may have begun after it: only a fresh one is surely newer.
      for (let round = 0; adopted !== before && round < 3; round++) {
        before = adopted;
        lines = await helper.run(scanStore, [], { ...options, maxBytes: 64 * 1024 * 1024 });
      }
      adopted += 1;
      readSpace(lines.find((line) => line.startsWith('space ')) ?? '');
      content = parseScan(lines);
      scanned = engineId;
      last = viewOf(engineId, known?.abilities ?? null, space);
      deps.onChange({ type: 'images' });
      deps.onChange({ type: 'store' });
      return content;
    },
    content: () => content,
    known: async (signal) => (scanned === deps.docker().engineId ? content : store.scan(signal)),
    freeBytes: () => space?.free ?? 0,
    async usage(folders, signal) {
      if (folders.length === 0) return [];
      const lines = await helper.run(diskUsage, folders, { signal, what: 'measure its data', timeoutMs: 120_000 });
      return folders.map((_, index) => {
        const text = lines[index]?.split(' ')[1];
        return text === undefined || text === '-' ? null : Number(text);
      });
    },
    async view(signal) {
      const { engineId } = deps.docker();
      if (!(await helper.exists(signal))) {
        last = viewOf(engineId, null, undefined);
        if (scanned !== undefined) {
          // Another engine's images, or those of a store that was removed, are not here.
          content = nothing;
          scanned = undefined;
          known = undefined;
          space = undefined;
          adopted += 1;
          deps.onChange({ type: 'images' });
          deps.onChange({ type: 'store' });
        }
        return last;
      }
      await store.scan(signal);
      return last ?? viewOf(engineId, null, undefined);
    },
    lastView: () => last,
  };
  return store;
}

function viewOf(
  engineId: string,
  abilities: Abilities | null,
  space: { readonly total: number; readonly free: number } | undefined,
): StoreView {
  return {
    engineId,
    ready: abilities !== null,
    fileSystem: abilities?.fileSystem ?? null,
    way: abilities?.way ?? null,
    freeBytes: space?.free ?? null,
    totalBytes: space?.total ?? null,
    usedBytes: space === undefined ? null : space.total - space.free,
  };
}

/** Lines of `scanStore`. A record that cannot be read is left out: one damaged file must not hide all the others. */
export function parseScan(lines: readonly string[]): StoreContent {
  const images = new Map<string, { manifest: Manifest; checked: Checked | null }>();
  const environments = new Map<string, MutableEnvironment>();
  for (const line of lines) {
    const [kind = '', first = '', second = ''] = line.split(' ', 3);
    const rest = (words: number): string => line.split(' ').slice(words).join(' ');
    if (kind === 'image') {
      const manifest = read(manifestSchema, rest(2));
      if (manifest !== undefined && manifest.id === first) images.set(first, { manifest, checked: null });
    } else if (kind === 'checked') {
      const image = images.get(first);
      const checked = read(checkedSchema, rest(2));
      if (image !== undefined && checked !== undefined) image.checked = checked;
    } else if (kind === 'environment') {
      const record = read(environmentRecordSchema, rest(2));
      if (record !== undefined) {
        environments.set(first, {
          key: first,
          environmentId: record.environmentId,
          currentId: null,
          generations: new Map(),
        });
      }
    } else {
      readGenerationLine(environments.get(first), kind, second, rest);
    }
  }
  return {
    images: [...images.values()].sort((a, b) => (a.manifest.createdAt < b.manifest.createdAt ? 1 : -1)),
    environments,
  };
}

interface MutableGeneration {
  generation: Generation;
  left: Left | null;
  timings: Timings | null;
  links: Map<string, string>;
}

interface MutableEnvironment {
  key: string;
  environmentId: string;
  currentId: string | null;
  generations: Map<string, MutableGeneration>;
}

function readGenerationLine(
  environment: MutableEnvironment | undefined,
  kind: string,
  id: string,
  rest: (words: number) => string,
): void {
  if (environment === undefined) return;
  if (kind === 'current') {
    environment.currentId = id.replace(/^gen-/, '');
    return;
  }
  if (kind === 'generation') {
    const generation = read(generationSchema, rest(3));
    if (generation !== undefined) {
      environment.generations.set(id, { generation, left: null, timings: null, links: new Map() });
    }
    return;
  }
  const generation = environment.generations.get(id);
  if (generation === undefined) return;
  if (kind === 'left') generation.left = read(leftSchema, rest(3)) ?? null;
  if (kind === 'timings') generation.timings = read(timingsSchema, rest(3)) ?? null;
  if (kind === 'link') {
    const [volume = '', target = ''] = rest(3).split(' ');
    const data = /^\.\.\/data\/([^/]+)$/.exec(target)?.[1];
    if (data !== undefined) generation.links.set(volume, data);
  }
}

function read<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

export function findImage(content: StoreContent, imageId: string): StoreContent['images'][number] {
  const image = content.images.find((each) => each.manifest.id === imageId);
  if (image === undefined) {
    throw new AppError({
      code: 'golden.not-found',
      message: `There is no golden image "${imageId}" in this engine's store.`,
      remedy: 'Look at the list of golden images: it may have been removed, or belong to another engine.',
    });
  }
  return image;
}
