import type { EngineClient } from '../../../shared/client.ts';
import type { RoutineRun, TrustView } from '../../../shared/contract/routines.ts';
import { AppError, toAppError } from '../../../shared/errors.ts';
import { answerQuestion } from '../answer-question.ts';
import { agreed } from '../ask.ts';
import { cancelOnInterrupt } from '../cancel-on-interrupt.ts';
import { type CommandContext, environmentOf, withEngine } from '../context.ts';
import { duration, exitCodes, type Terminal, table, writeJson } from '../output.ts';
import { createStepLines, runExitCode, stepText, verdictText } from '../run-lines.ts';

export interface RunOptions {
  readonly yes: boolean;
  readonly trust: boolean;
}

/** `golden run NAME`: runs a routine and follows it. 0 when it ended ready, 1 when not. */
export async function runRoutine(
  context: CommandContext,
  name: string | undefined,
  options: RunOptions,
): Promise<number> {
  return withEngine(context, async (client) => {
    const environmentId = await environmentOf(client, context, true);
    if (name === undefined) return listRoutines(client, environmentId, context.terminal);
    const runId = await startRun(client, { environmentId, routine: name }, context.terminal, options);
    const run = await followRun(client, runId, context.terminal, options);
    if (context.terminal.json)
      writeJson(
        context.terminal,
        {
          run: run.id,
          verdict: run.verdict?.kind ?? null,
          sentence: run.verdict?.sentence ?? null,
          reasons: run.verdict?.reasons ?? run.reasons,
        },
        true,
      );
    else context.terminal.stdout.write(`${verdictText(run)}\n`);
    return run.verdict?.kind === 'cancelled' ? exitCodes.cancelled : runExitCode(run);
  });
}

async function listRoutines(client: EngineClient, environmentId: string, terminal: Terminal): Promise<number> {
  const list = await client.routines.list({ environmentId });
  if (terminal.json) writeJson(terminal, list);
  else
    terminal.stdout.write(
      table([
        ['NAME', 'TITLE', 'FROM', 'STEPS', 'USUALLY', 'LAST'],
        ...list.map((one) => [
          one.name,
          one.title,
          one.source === 'file' ? 'golden.yml' : 'built in',
          String(one.steps.length),
          one.usualMs === null ? '' : duration(one.usualMs),
          one.lastRun?.verdict?.sentence ?? '',
        ]),
      ]),
    );
  return exitCodes.done;
}

interface Wanted {
  readonly environmentId: string;
  readonly routine: string;
}

/** Asks first when what it runs on this machine was not agreed to yet. */
async function startRun(
  client: EngineClient,
  wanted: Wanted,
  terminal: Terminal,
  options: RunOptions,
): Promise<string> {
  const start = async (): Promise<string> => (await client.routines.run({ ...wanted, trigger: 'cli' })).runId;
  try {
    return await start();
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.code !== 'guard.untrusted') throw error;
    const trust = await client.routines.trust(wanted);
    if (!terminal.json) terminal.stderr.write(trustText(trust));
    const question = `Run ${trust.commands.length === 1 ? 'this' : 'these'}?`;
    const remedy = 'Look at what would be run with `golden run` on a terminal, or say --trust.';
    if (terminal.json && !options.trust) throw error;
    if (!options.trust && !(await agreed(terminal, question, remedy)))
      throw new AppError({ code: 'guard.refused', message: 'Nothing was run.', remedy });
    await client.routines.agree({ ...wanted, hash: trust.hash });
    return start();
  }
}

function trustText(trust: TrustView): string {
  const head = trust.changed
    ? 'What this routine runs changed since you agreed to it. It would run:'
    : 'This routine was not run here before. It would run:';
  const lines = trust.commands.map(
    (one) =>
      `  ${one.isNew && trust.changed ? 'new ' : ''}${one.text.replaceAll('\n', '\n      ')}\n      ${one.where}${one.position === undefined ? '' : `, ${one.position.file}:${one.position.line}`}`,
  );
  return `${[head, ...lines].join('\n')}\n`;
}

/** Until it ended. */
const followRun = (client: EngineClient, runId: string, terminal: Terminal, options: RunOptions): Promise<RoutineRun> =>
  cancelOnInterrupt(
    terminal,
    () => client.routines.cancel({ runId }),
    (signal) => last(client, runId, terminal, options, signal),
  );

async function last(
  client: EngineClient,
  runId: string,
  terminal: Terminal,
  options: RunOptions,
  signal: AbortSignal,
): Promise<RoutineRun> {
  const news = createStepLines();
  let asked: Promise<void> = Promise.resolve();
  for await (const event of await client.state.watch({}, { signal })) {
    const runs =
      event.kind === 'snapshot'
        ? event.state.routineRuns
        : event.changes.flatMap((change) => (change.type === 'routineRun' ? [change.value] : []));
    const run = runs.find((each) => each.id === runId);
    if (run === undefined) continue;
    for (const line of news(run)) {
      if (terminal.json) writeJson(terminal, line, true);
      else if (line.state !== 'running') terminal.stderr.write(`${stepText(line)}\n`);
      const { question, step } = line;
      // One at a time, as there is one terminal; the run goes on with its other steps meanwhile.
      if (line.state === 'asking' && question !== null)
        asked = asked.then(async () => {
          const answer = await answerQuestion(terminal, question, options);
          if (answer !== undefined) await client.routines.answer({ runId, step, answer });
          else await client.routines.skip({ runId, step });
        });
    }
    asked.catch((error: unknown) => terminal.stderr.write(`${toAppError(error).message}\n`));
    if (run.state === 'ended') return run;
  }
  signal.throwIfAborted();
  return client.routines.get({ runId });
}
