import type { Call, EngineApi } from '../../api.ts';

/** When somebody last did something with each environment through us. Ms since the epoch. */
export interface UseBook {
  /** Null: not in this life of the engine. */
  last(environmentId: string): number | null;
  /** The same surface, and what people do through it is noted. */
  watched(api: EngineApi): EngineApi;
  forget(environmentId: string): void;
}

/** What only somebody who works with an environment asks for. Pages that look at one by themselves are none of it. */
const signs = {
  environments: ['up', 'stop', 'restart', 'pull', 'down'],
  golden: ['planCapture', 'capture', 'planRestore', 'restore', 'planUndo', 'undo'],
  health: ['probe', 'tryProbe', 'previewCheck', 'setCheck'],
  logs: ['follow'],
  terminal: ['open', 'openHost', 'attach', 'input'],
  git: ['restartAffected'],
  routines: ['run', 'preview', 'previewSave', 'save'],
  metrics: ['applyAdvice', 'export'],
} as const satisfies { readonly [D in keyof EngineApi]?: readonly (keyof EngineApi[D])[] };

type Procedure = (input: unknown, call: Call) => Promise<unknown>;
type Domain = Readonly<Record<string, Procedure>>;

export function createUseBook(now: () => number): UseBook {
  const used = new Map<string, number>();
  /** Terminals by id: what is typed names nothing else. */
  const terminals = new Map<string, string>();

  function note(input: unknown, { actor }: Call): void {
    if (actor.door === 'engine') return;
    const { environmentId, terminalId } = (input ?? {}) as { environmentId?: unknown; terminalId?: unknown };
    const environment = typeof environmentId === 'string' ? environmentId : terminals.get(String(terminalId));
    if (environment !== undefined) used.set(environment, now());
  }

  /** A terminal that was opened, or is still open from before. */
  function learn(output: unknown): void {
    for (const view of Array.isArray(output) ? output : [output]) {
      const { id, environmentId } = (view ?? {}) as { id?: unknown; environmentId?: unknown };
      if (typeof id === 'string' && typeof environmentId === 'string') terminals.set(id, environmentId);
    }
  }

  function watchedDomain(domain: Domain | undefined, names: readonly string[], learns: readonly string[]): Domain {
    const own: Record<string, Procedure> = {};
    for (const name of new Set([...names, ...learns])) {
      const procedure = domain?.[name];
      if (procedure === undefined) continue;
      own[name] = async (input, call) => {
        if (names.includes(name)) note(input, call);
        const output = await procedure(input, call);
        if (learns.includes(name)) learn(output);
        return output;
      };
    }
    return { ...domain, ...own };
  }

  return {
    last: (environmentId) => used.get(environmentId) ?? null,
    watched(api) {
      const domains = Object.entries(signs).map(([name, names]) => [
        name,
        watchedDomain(
          api[name as keyof typeof signs] as unknown as Domain | undefined,
          names,
          name === 'terminal' ? ['list', 'open', 'openHost', 'restore'] : [],
        ),
      ]);
      return { ...api, ...Object.fromEntries(domains) };
    },
    forget: (environmentId) => void used.delete(environmentId),
  };
}
