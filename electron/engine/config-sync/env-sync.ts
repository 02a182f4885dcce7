import { dirname } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { Files } from '../platform/files.ts';
import type { StepContext } from '../routines/step-types.ts';
import type { Secrets } from '../secrets/secrets.ts';
import { appendKeys, keysOf, type NewKey, type TemplateKey } from './env-file.ts';
import { type EnvPair, type EnvState, lookAtEnv } from './env-pairs.ts';
import type { SeenBook } from './seen-book.ts';
import { note, remarkOf } from './team-files.ts';

export interface EnvSyncDeps {
  readonly files: Files;
  readonly seen: SeenBook;
  readonly secrets: Pick<Secrets, 'known' | 'store' | 'kept'>;
  /** The shell's variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Asks for the keys that an env file lacks and adds them at its end. Names of the keys added. */
export async function syncEnv(
  { files, seen }: EnvSyncDeps,
  folder: string,
  pair: EnvPair,
  secrets: readonly string[],
  step: StepContext,
): Promise<{ readonly added: readonly string[]; readonly keys: ReadonlySet<string> }> {
  const { environmentId, signal } = step;
  const state = await lookAtEnv(files, folder, pair, secrets, signal);
  if (state === undefined) {
    if (pair.declared) {
      step.remark(
        note(
          `${pair.template} is missing`,
          `${pair.env} cannot be compared with it.`,
          'Correct config.env in golden.yml.',
        ),
      );
    }
    return { added: [], keys: new Set() };
  }
  const { path, missing } = state;
  tellDropped(seen, state, pair, step);
  const asked =
    missing.length === 0
      ? undefined
      : await step.ask({
          kind: 'values',
          text:
            missing.length === 1
              ? `${pair.env} has no ${missing[0]?.key}.`
              : `${pair.env} lacks ${missing.length} keys of ${pair.template}.`,
          keys: missing.map(({ key, proposal, comment }) => ({ key, proposal, comment })),
        });
  const values = asked?.kind === 'values' ? asked.values : {};
  const given = missing.filter(({ key }) => Object.hasOwn(values, key));
  if (given.length > 0) {
    const info = await files.info(path);
    // Read again: somebody may have edited it while the question was open.
    const text = info === undefined ? '' : await files.readText(path, signal);
    const there = keysOf(text, path);
    const added = given.filter(({ key }) => !there.has(key)).map((each) => newKey(each, values[each.key] ?? ''));
    await files.makeFolder(dirname(path));
    const after = Buffer.from(appendKeys(text, added, path), 'utf8');
    // It holds what nobody else on this machine has to read.
    await files.writeBytes(path, after, { mode: info?.mode ?? 0o600 });
  }
  const left = missing.filter(({ key }) => !Object.hasOwn(values, key)).map(({ key }) => key);
  if (left.length > 0) {
    step.remark(
      note(
        `${pair.env} lacks ${left.join(', ')}`,
        `${pair.template} has ${left.length === 1 ? 'it' : 'them'}.`,
        'Run the step again, or add them by hand.',
      ),
    );
  }
  seen.noteTemplate(
    environmentId,
    pair.env,
    state.template.map(({ key }) => key),
  );
  return { added: given.map(({ key }) => key), keys: new Set([...state.keys, ...given.map(({ key }) => key)]) };
}

function newKey(template: TemplateKey, value: string): NewKey {
  const { key, comment, variables, proposal, source } = template;
  return { key, comment, variables, value, ...(value === proposal ? { source } : {}) };
}

/** Keys that the template had and has no more, told once: what the user added for themselves is nobody's business. */
function tellDropped(
  seen: SeenBook,
  { keys, template }: EnvState,
  { env, template: name }: EnvPair,
  step: StepContext,
): void {
  const now = new Set(template.map(({ key }) => key));
  const dropped = seen.templateOf(step.environmentId, env).filter((key) => !now.has(key) && keys.has(key));
  if (dropped.length === 0) return;
  step.remark(
    note(`${name} no longer has ${dropped.join(', ')}`, `${env} still does.`, 'Remove what nothing needs any more.'),
  );
}

/** Asks for declared secrets that nothing gives. Names of those that were stored. */
export async function syncSecrets(
  { secrets, environment }: EnvSyncDeps,
  declared: readonly string[],
  { inFiles, reasons }: { readonly inFiles: ReadonlySet<string>; readonly reasons: ReadonlyMap<string, string> },
  step: StepContext,
): Promise<readonly string[]> {
  const inPlain = declared.filter((key) => inFiles.has(key));
  if (inPlain.length > 0) {
    const one = inPlain.length === 1;
    step.remark(
      note(
        `${inPlain.join(', ')} ${one ? 'stands' : 'stand'} in an env file`,
        `golden.yml declares ${one ? 'it a secret' : 'them secrets'}.`,
        'Give it under Secrets, and remove it from the file.',
      ),
    );
  }
  const wanted = declared.filter((key) => environment[key] === undefined && !inFiles.has(key));
  if (wanted.length === 0) return [];
  let known: ReadonlySet<string>;
  try {
    known = await secrets.known(step.environmentId, wanted, step.signal);
  } catch (error) {
    step.signal.throwIfAborted();
    if (!(error instanceof AppError)) throw error;
    step.remark(remarkOf('Secrets could not be looked up', error));
    return [];
  }
  const missing = wanted.filter((key) => !known.has(key));
  if (missing.length === 0) return [];
  const { words } = await secrets.kept(step.signal);
  const answer = await step.ask({
    kind: 'secrets',
    text: missing.length === 1 ? `${missing[0]} is needed.` : `${missing.length} secrets are needed.`,
    keys: missing.map((key) => ({ key, why: reasons.get(key) ?? null })),
    kept: words,
  });
  const values = answer.kind === 'secrets' ? answer.values : {};
  const given = missing.filter((key) => Object.hasOwn(values, key) && values[key] !== '');
  if (given.length > 0) {
    await secrets.store(
      step.environmentId,
      Object.fromEntries(given.map((key) => [key, values[key] ?? ''])),
      step.signal,
    );
  }
  const left = missing.filter((key) => !given.includes(key));
  if (left.length > 0) {
    step.remark(
      note(
        `${left.join(', ')} ${left.length === 1 ? 'was' : 'were'} not given`,
        'The variable is empty where it is used.',
        'Give it under Secrets.',
      ),
    );
  }
  return given;
}
