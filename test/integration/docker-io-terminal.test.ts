import { afterEach, describe, expect, it } from 'vitest';
import { createTerminals, type Terminals } from '../../electron/engine/terminal/terminal.ts';
import type { TerminalBatch, TerminalView } from '../../shared/contract/streams.ts';
import { consumeFlow } from '../../shared/flow.ts';
import { openServiceBench, type ServiceBench } from '../support/services.ts';
import { waitFor } from '../support/wait.ts';

let bench: ServiceBench | undefined;
let terminals: Terminals | undefined;

afterEach(async () => {
  await bench?.close();
  bench = undefined;
  terminals = undefined;
});

async function open(maxSessions?: number): Promise<{ from: ServiceBench; slice: Terminals['terminal'] }> {
  bench = openServiceBench('io-term', ['app', 'other']);
  await bench.run('app', 'exec sleep infinity');
  terminals = createTerminals({ ...bench.deps, ...(maxSessions === undefined ? {} : { maxSessions }) });
  return { from: bench, slice: terminals.terminal };
}

interface Opening {
  readonly command?: string[];
  readonly tty?: boolean;
  readonly service?: string;
  readonly columns?: number;
  readonly rows?: number;
}

function start(from: ServiceBench, slice: Terminals['terminal'], options: Opening = {}): Promise<TerminalView> {
  const fixed = { environmentId: from.environmentId, service: 'app', columns: 100, rows: 30, tty: true };
  return slice.open({ ...fixed, ...options }, from.call);
}

interface View {
  text: string;
  errors: string;
  last: TerminalBatch | undefined;
  readonly done: Promise<void>;
  leave(): Promise<void>;
}

function attach(from: ServiceBench, slice: Terminals['terminal'], terminalId: string, ack = from.ack): View {
  const leaving = new AbortController();
  const call = { ...from.call, signal: AbortSignal.any([from.signal, leaving.signal]) };
  const view: View = {
    text: '',
    errors: '',
    last: undefined,
    done: Promise.resolve(),
    async leave() {
      leaving.abort(new Error('the view was closed'));
      await view.done.catch(() => undefined);
    },
  };
  const run = async (): Promise<void> => {
    for await (const batch of consumeFlow((flow) => slice.attach({ flow, terminalId }, call), ack)) {
      view.text += batch.data;
      view.errors += batch.errors ?? '';
      view.last = batch;
    }
  };
  Object.assign(view, { done: run() });
  view.done.catch(() => undefined);
  return view;
}

const type = (from: ServiceBench, slice: Terminals['terminal'], terminalId: string, data: string, end = false) =>
  slice.input({ terminalId, data, end }, from.call);

describe('a terminal in a container', () => {
  it('is bash where there is one, of the right size and kind, resized, with its exit code', async () => {
    const { from, slice } = await open();
    const { id } = await start(from, slice);
    const view = attach(from, slice, id);
    await type(from, slice, id, 'stty size; echo "[$TERM] [$BASH]"\n');
    await waitFor(() => view.text.includes('30 100') && view.text.includes('[xterm-256color] [/'), { what: 'answers' });
    expect(view.text).toMatch(/\[xterm-256color\] \[\/.*bash\]/);
    await slice.resize({ terminalId: id, columns: 60, rows: 20 }, from.call);
    await type(from, slice, id, 'stty size\n');
    await waitFor(() => view.text.includes('20 60'), { what: 'the new size' });
    await type(from, slice, id, 'exit 42\n');
    await view.done;
    expect(view.last).toMatchObject({ exit: { code: 42 }, offset: view.text.length });
    expect(await slice.list(undefined, from.call)).toEqual([expect.objectContaining({ id, exitCode: 42 })]);
  });

  it('outlives its view: the next one gets what was missed', async () => {
    const { from, slice } = await open();
    const { id } = await start(from, slice, { command: ['sh'] });
    const first = attach(from, slice, id);
    await type(from, slice, id, 'echo before-$((1+1))\n');
    await waitFor(() => first.text.includes('before-2'), { what: 'the first answer' });
    await first.leave();
    await type(from, slice, id, 'echo between-$((2+2))\n');
    await waitFor(
      async () => {
        const look = attach(from, slice, id);
        await waitFor(() => look.last !== undefined, { what: 'the replay' });
        await look.leave();
        return look.text.includes('before-2') && look.text.includes('between-4');
      },
      { what: 'both answers replayed' },
    );
    const [one, two] = [attach(from, slice, id), attach(from, slice, id)];
    await type(from, slice, id, 'echo both-$((3+3))\n');
    await waitFor(() => one.text.includes('both-6') && two.text.includes('both-6'), { what: 'both views' });
  });

  it('that floods waits for its reader, and keeps only its tail', async () => {
    const { from, slice } = await open();
    const { id } = await start(from, slice, { command: ['sh', '-c', 'seq 1 2000000; echo the end; exec sleep 60'] });
    let acknowledging = false;
    const held: (() => void)[] = [];
    const ack = {
      ack: (streamId: string, count: number): Promise<void> =>
        new Promise((resolve) => {
          const go = (): void => resolve(from.flows.ack(streamId, count));
          if (acknowledging) go();
          else held.push(go);
        }),
    };
    const view = attach(from, slice, id, ack);
    await waitFor(() => held.length > 0, { what: 'the first batches' });
    const stalled = view.text.length;
    // Output is counted in the container, where it is written: the program itself has to wait.
    const written = async (): Promise<number> => {
      const { stdout } = await from.client.exec(
        (await from.docker.getContainer(`${from.projectName}-app-1`).inspect()).Id,
        {
          command: ['sh', '-c', 'for p in /proc/[0-9]*; do grep -qx seq $p/comm && sed -n "s/^wchar: //p" $p/io; done'],
        },
        { signal: from.signal },
      );
      return Number(stdout.trim());
    };
    await waitFor(
      async () => {
        const before = await written();
        await new Promise((resolve) => setTimeout(resolve, 300));
        return before > 0 && (await written()) === before;
      },
      { what: 'the program held back' },
    );
    // 2,000,000 numbers are 14.9 MB.
    expect(await written()).toBeLessThan(8_000_000);
    expect(view.text.length - stalled).toBeLessThan(2 * 1024 * 1024);
    acknowledging = true;
    for (const go of held) go();
    await waitFor(() => view.text.includes('the end'), { what: 'the end of the flood', deadlineMs: 60_000 });
    const numbers = view.text.split('\r\n').filter((line) => /^\d+$/.test(line));
    expect(numbers).toHaveLength(2_000_000);
    expect(numbers.at(-1)).toBe('2000000');
    const again = attach(from, slice, id);
    await waitFor(() => again.text.includes('the end'), { what: 'the replay' });
    expect(again.text.length).toBeLessThanOrEqual(260 * 1024);
    expect(again.last?.offset).toBe(view.text.length);
  });

  it('closed, takes what it started with it', async () => {
    const { from, slice } = await open();
    const { id } = await start(from, slice);
    await type(from, slice, id, '(trap "" HUP; exec sleep 4711) &\nsleep 4712\n');
    const commands = async (): Promise<string> =>
      JSON.stringify((await from.docker.getContainer(`${from.projectName}-app-1`).top()).Processes);
    await waitFor(async () => /4711/.test(await commands()) && /4712/.test(await commands()), { what: 'the programs' });
    await slice.close({ terminalId: id }, from.call);
    await waitFor(async () => !/471[12]/.test(await commands()), { what: 'their end' });
    expect(await commands()).toContain('infinity');
    await expect(type(from, slice, id, 'x')).rejects.toMatchObject({ code: 'terminal.not-found' });
    expect(await slice.list(undefined, from.call)).toEqual([]);
  });

  it('cannot be opened without bound: ended ones make room, running ones do not', async () => {
    const { from, slice } = await open(2);
    const ended = await start(from, slice, { command: ['true'] });
    await waitFor(async () => (await slice.list(undefined, from.call)).every((view) => view.exitCode === 0), {
      what: 'its end',
    });
    await start(from, slice, { command: ['sleep', '60'] });
    const third = await start(from, slice, { command: ['sleep', '60'] });
    expect((await slice.list(undefined, from.call)).map((view) => view.id)).not.toContain(ended.id);
    await expect(start(from, slice)).rejects.toMatchObject({ code: 'guard.refused' });
    await slice.close({ terminalId: third.id }, from.call);
    await start(from, slice, { command: ['sleep', '60'] });
  });

  it('says what is wrong: no such service, one that does not run, no such container', async () => {
    const { from, slice } = await open();
    await expect(start(from, slice, { service: 'nobody' })).rejects.toMatchObject({
      code: 'input.not-found',
      remedy: 'Choose one of: app, other.',
    });
    await expect(start(from, slice, { service: 'other' })).rejects.toMatchObject({ code: 'docker.container-exited' });
  });

  it('ends with the container, and tells it', async () => {
    const { from, slice } = await open();
    const { id } = await start(from, slice);
    const view = attach(from, slice, id);
    await waitFor(() => view.text !== '', { what: 'a prompt' });
    await from.docker.getContainer(`${from.projectName}-app-1`).kill();
    await view.done;
    expect(view.last?.exit).not.toBeNull();
  });
});

describe('a command without a terminal', () => {
  it('has its outputs apart, reads its input to the end, and loses nothing though read late', async () => {
    const { from, slice } = await open();
    const script = 'cat; echo oops >&2; head -c 3000000 /dev/zero | tr "\\0" x; exit 5';
    const { id } = await start(from, slice, { command: ['sh', '-c', script], tty: false });
    await type(from, slice, id, 'grüße\n');
    await type(from, slice, id, '', true);
    // Nobody reads yet; pipes wait for their reader.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const view = attach(from, slice, id);
    await view.done;
    expect(view.text).toBe(`grüße\n${'x'.repeat(3_000_000)}`);
    expect(view.errors).toBe('oops\n');
    expect(view.last).toMatchObject({ exit: { code: 5 }, offset: view.text.length });
  });
});
