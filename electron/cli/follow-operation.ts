import type { EngineClient } from '../../shared/client.ts';
import type { OperationView, StepView } from '../../shared/contract/operations.ts';
import { AppError } from '../../shared/errors.ts';
import { cancelOnInterrupt } from './cancel-on-interrupt.ts';
import { bytes, duration, type Terminal } from './output.ts';

const ended: ReadonlySet<OperationView['state']> = new Set(['done', 'failed', 'cancelled']);

/**
 * Waits for an operation, with progress on a terminal's standard error. The first Ctrl-C cancels it and waits for the
 * state before; a second one leaves it to the engine. Throws the operation's error.
 */
export async function followOperation(
  client: EngineClient,
  operationId: string,
  terminal: Terminal,
): Promise<OperationView> {
  const painter = terminal.stderr.isTTY && !terminal.json ? createPainter(terminal.stderr) : undefined;
  const view = await cancelOnInterrupt(
    terminal,
    () => client.operations.cancel({ operationId }),
    (signal) => last(client, operationId, signal, (each) => painter?.paint(each)),
  );
  painter?.finish(view);
  if (view.error !== null) throw new AppError(view.error);
  return view;
}

async function last(
  client: EngineClient,
  operationId: string,
  signal: AbortSignal,
  onView: (view: OperationView) => void,
): Promise<OperationView> {
  for await (const event of await client.state.watch({}, { signal })) {
    const views =
      event.kind === 'snapshot'
        ? event.state.operations
        : event.changes.flatMap((change) => (change.type === 'operation' ? [change.value] : []));
    const view = views.find((each) => each.id === operationId);
    if (view === undefined) continue;
    onView(view);
    if (ended.has(view.state)) return view;
  }
  signal.throwIfAborted();
  return client.operations.get({ operationId });
}

interface Painter {
  paint(view: OperationView): void;
  finish(view: OperationView): void;
}

/** Ended steps scroll up as plain lines; the running ones are repainted in place. */
function createPainter(stream: NodeJS.WriteStream): Painter {
  const printed = new Set<string>();
  let live = 0;
  const clear = (): void => {
    if (live > 0) stream.write(`\u001b[${live}A\u001b[0J`);
    live = 0;
  };
  const paint = (view: OperationView): void => {
    clear();
    for (const step of view.steps) {
      if ((step.state === 'done' || step.state === 'failed') && !printed.has(step.name)) {
        printed.add(step.name);
        stream.write(`${step.state === 'done' ? '✓' : '✗'} ${step.title}${took(step)}\n`);
      }
    }
    const width = (stream.columns ?? 80) - 1;
    const lines =
      view.state === 'queued'
        ? ['… waiting for the operation before']
        : view.steps.filter((step) => step.state === 'running').flatMap((step) => [running(step), ...parts(step)]);
    for (const line of lines) stream.write(`${line.slice(0, width)}\n`);
    live = lines.length;
  };
  return {
    paint,
    finish(view) {
      paint(view);
      clear();
      if (view.summary !== null)
        stream.write(
          `${view.summary}${view.startedAt === null || view.endedAt === null ? '' : ` (${duration(Date.parse(view.endedAt) - Date.parse(view.startedAt))})`}\n`,
        );
    },
  };
}

function took(step: StepView): string {
  return step.startedAt === null || step.endedAt === null
    ? ''
    : ` (${duration(Date.parse(step.endedAt) - Date.parse(step.startedAt))})`;
}

const mostParts = 8;

/** Those that are under way, one line each. */
function parts(step: StepView): string[] {
  const busy = (step.parts ?? []).filter((part) => part.state === 'running');
  return busy.slice(0, mostParts).map((part) => {
    const rate = part.perSecond === null ? '' : `, ${bytes(part.perSecond)}/s`;
    return `    ${part.name}${amountOf(part)}${rate}${part.detail === null ? '' : ` – ${part.detail}`}`;
  });
}

function running(step: StepView): string {
  return `… ${step.title}${amountOf(step)}${step.detail === null ? '' : ` – ${step.detail}`}`;
}

function amountOf({ progress }: Pick<StepView, 'progress'>): string {
  if (progress === null) return '';
  const form = (value: number): string => (progress.unit === 'bytes' ? bytes(value) : String(value));
  return ` ${form(progress.done)}${progress.total === null ? '' : ` of ${form(progress.total)}`}`;
}
