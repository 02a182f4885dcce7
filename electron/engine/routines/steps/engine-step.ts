import { z } from 'zod';
import type { EngineView } from '../../../../shared/contract/engines.ts';
import { durationWords } from '../../../../shared/domain/condition-words.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { Clock } from '../../platform/clock.ts';
import type { RunProcess } from '../../platform/processes.ts';
import type { StepContext, StepImplementation, StepOutcome } from '../step-types.ts';
import type { EngineWay } from './engine-ways.ts';

const pollMs = 500;
/** One that is just being found answers within this. */
const patienceMs = 3000;
const startMs = 90_000;

export interface EngineStepDeps {
  readonly clock: Clock;
  readonly runProcess: RunProcess;
  readonly environment: Readonly<Record<string, string>>;
  readonly selected: () => EngineView | undefined;
  /** Looks for engines again. */
  readonly detect: (signal: AbortSignal) => Promise<unknown>;
  readonly ways: () => Promise<readonly EngineWay[]>;
}

/** Docker answers; offers to start it where the system can. */
export function engineStep(deps: EngineStepDeps): StepImplementation<Record<string, never>> {
  const { clock } = deps;
  const answers = (): EngineView | undefined => {
    const engine = deps.selected();
    return engine?.state === 'available' ? engine : undefined;
  };

  async function waitFor(signal: AbortSignal, ms: number): Promise<EngineView | undefined> {
    const until = clock.monotonic() + ms;
    for (;;) {
      const engine = answers();
      if (engine !== undefined || clock.monotonic() >= until) return engine;
      await clock.sleep(pollMs, signal);
    }
  }

  async function start(way: EngineWay, step: StepContext): Promise<void> {
    const [program = '', ...args] = way.command;
    step.detail(way.command.join(' '));
    step.output(`$ ${way.command.join(' ')}\n`);
    const result = await deps.runProcess(program, args, {
      signal: step.signal,
      timeoutMs: startMs,
      environment: deps.environment,
      maxBytes: 64 * 1024,
    });
    step.output(result.stdout + result.stderr);
    if (result.exitCode === 0) return;
    const said = result.stderr.trim().split('\n').at(-1) ?? '';
    throw new AppError({
      code: 'docker.not-found',
      message: `${way.command.join(' ')} ended with ${result.exitCode ?? result.signal}${said === '' ? '.' : `: ${said}`}`,
      remedy: 'Start Docker by hand, and retry.',
    });
  }

  return {
    kind: 'engine',
    options: z.strictObject({}),
    title: () => 'Docker answers',
    timeoutMs: 180_000,
    async look() {
      const engine = deps.selected();
      if (engine === undefined) return 'no Docker engine found';
      return engine.state === 'available' ? null : `${engine.name} does not answer`;
    },
    async run(_options, step): Promise<StepOutcome> {
      const since = clock.monotonic();
      let engine = await waitFor(step.signal, patienceMs);
      if (engine === undefined) {
        await deps.detect(step.signal).catch(() => undefined);
        step.signal.throwIfAborted();
        engine = answers() ?? (await offer(step));
      }
      const took = clock.monotonic() - since;
      const after = took < patienceMs ? '' : ` after ${durationWords(took)}`;
      const version = engine.version === null ? '' : ` ${engine.version}`;
      return { result: `${engine.name}${version} answers${after}.` };
    },
  };

  /** Asks, and goes on by itself when Docker comes up meanwhile. */
  async function offer(step: StepContext): Promise<EngineView> {
    const ways = await deps.ways();
    const found = deps.selected();
    const why = found?.problem?.message ?? 'No Docker engine was found on this machine.';
    step.detail('Waiting for Docker');
    if (ways.length === 0) return (await waitFor(step.signal, Number.POSITIVE_INFINITY)) as EngineView;
    const came = new AbortController();
    const coming = waitFor(AbortSignal.any([step.signal, came.signal]), Number.POSITIVE_INFINITY);
    const asked = step.ask({
      kind: 'choice',
      text: 'Docker does not answer. Shall it be started?',
      detail: [why, ...ways.map((way) => way.command.join(' '))],
      choices: [
        ...ways.map(({ id, label }) => ({ id, label, danger: false })),
        { id: 'wait', label: 'I start it myself', danger: false },
      ],
    });
    try {
      const first = await Promise.race([asked, coming]);
      if (first === undefined) throw step.signal.reason;
      if (!('kind' in first)) return first;
      const way = first.kind === 'choice' ? ways.find(({ id }) => id === first.id) : undefined;
      if (way !== undefined) await start(way, step);
      step.detail('Waiting for Docker');
      return (await coming) as EngineView;
    } finally {
      came.abort(new DOMException('It is over.', 'AbortError'));
      coming.catch(() => undefined);
      asked.catch(() => undefined);
    }
  }
}
