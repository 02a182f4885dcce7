import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { TrustView } from '../../../shared/contract/routines.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Clock } from '../platform/clock.ts';
import type { EnvironmentTarget } from '../providers/provider.ts';
import type { Database } from '../storage/database.ts';
import type { DeclaredRoutine } from './declare.ts';
import type { StepBook } from './kinds.ts';

/** What the user agreed to for one routine of one environment, word by word. */
interface TrustStore {
  get(
    environmentId: string,
    routine: string,
  ): { readonly hash: string; readonly commands: readonly string[] } | undefined;
  agree(environmentId: string, routine: string, hash: string, commands: readonly string[], at: Date): void;
  withdraw(environmentId: string, routine: string): void;
}

const row = z.object({ hash: z.string(), commands: z.string() });

function createTrustStore(database: Database): TrustStore {
  const find = database.prepare('SELECT hash, commands FROM trusted_routines WHERE environment_id = ? AND routine = ?');
  const put = database.prepare('INSERT OR REPLACE INTO trusted_routines VALUES (?, ?, ?, ?, ?)');
  const remove = database.prepare('DELETE FROM trusted_routines WHERE environment_id = ? AND routine = ?');
  return {
    get(environmentId, routine) {
      const found = row.optional().parse(find.get(environmentId, routine));
      if (found === undefined) return undefined;
      return { hash: found.hash, commands: z.array(z.string()).parse(JSON.parse(found.commands)) };
    },
    agree: (environmentId, routine, hash, commands, at) =>
      void put.run(environmentId, routine, hash, JSON.stringify(commands), at.toISOString()),
    withdraw: (environmentId, routine) => void remove.run(environmentId, routine),
  };
}

/** What it runs depends on these alone. */
type TrustedPart = Pick<DeclaredRoutine, 'name' | 'steps'>;

export interface Trust {
  /** Everything the routine would run now, and whether the user agreed to exactly that. */
  view(target: EnvironmentTarget, routine: TrustedPart, signal: AbortSignal): Promise<TrustView>;
  /** Refuses as `plan.stale` when it is another text by now. */
  agree(target: EnvironmentTarget, routine: DeclaredRoutine, hash: string, signal: AbortSignal): Promise<TrustView>;
  withdraw(target: EnvironmentTarget, routine: DeclaredRoutine, signal: AbortSignal): Promise<TrustView>;
}

export function createTrust(deps: {
  readonly database: Database;
  readonly clock: Clock;
  readonly book: StepBook;
}): Trust {
  const store = createTrustStore(deps.database);

  async function view(target: EnvironmentTarget, routine: TrustedPart, signal: AbortSignal): Promise<TrustView> {
    const found = await Promise.all(
      routine.steps.map(async (step) => {
        if (!deps.book.has(step.uses)) return [];
        const implementation = deps.book.get(step.uses);
        const options = implementation.options.safeParse(step.options);
        // What is faulty is not run.
        if (!options.success) return [];
        const commands = (await implementation.commands?.(options.data, target, signal)) ?? [];
        return commands.map(({ text, where }) => ({ step: step.id, text, where, position: step.position }));
      }),
    );
    const commands = found.flat();
    const words = commands.map(keyOf);
    const hash = createHash('sha256').update(JSON.stringify(words)).digest('hex');
    const agreed = store.get(target.id, routine.name);
    const known = new Set(agreed?.commands);
    return {
      hash,
      trusted: commands.length === 0 || agreed?.hash === hash,
      changed: commands.length > 0 && agreed !== undefined && agreed.hash !== hash,
      commands: commands.map(({ position, ...each }, index) => ({
        ...each,
        ...(position === undefined ? {} : { position }),
        isNew: !known.has(words[index] ?? ''),
      })),
    };
  }

  return {
    view,
    async agree(target, routine, hash, signal) {
      const now = await view(target, routine, signal);
      if (now.hash !== hash)
        throw new AppError({
          code: 'plan.stale',
          message: `What ${routine.title} runs changed since it was shown.`,
          remedy: 'Look at it again, and agree to what it says now.',
          details: { ...now },
        });
      store.agree(target.id, routine.name, hash, now.commands.map(keyOf), deps.clock.now());
      return view(target, routine, signal);
    },
    async withdraw(target, routine, signal) {
      store.withdraw(target.id, routine.name);
      return view(target, routine, signal);
    },
  };
}

/** What counts is what is run and where; the name of its step does not. */
const keyOf = ({ text, where }: { readonly text: string; readonly where: string }): string =>
  JSON.stringify([text, where]);

export function refuseUntrusted(routine: DeclaredRoutine, trust: TrustView): void {
  if (trust.trusted) return;
  const [first] = trust.commands;
  const more = trust.commands.length === 1 ? '' : ` and ${trust.commands.length - 1} more`;
  throw new AppError({
    code: 'guard.untrusted',
    message: trust.changed
      ? `What ${routine.title} runs changed since you agreed to it.`
      : `${routine.title} runs commands that you have not agreed to: ${first?.text}${more}.`,
    remedy: 'Look at what it runs, and agree to it.',
    details: { ...trust },
  });
}

/** A run goes by what the file said when it began. That must still be what the user agrees to. */
export function refuseGoingOn(title: string, trust: TrustView): void {
  if (trust.trusted) return;
  throw new AppError({
    code: 'guard.untrusted',
    message: `This run of ${title} would go on with commands that are not those you agree to now.`,
    remedy: 'Start the routine anew.',
    details: { ...trust },
  });
}
