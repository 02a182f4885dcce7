import {
  MessageChannelMain,
  type MessagePortMain,
  type UtilityProcess,
  utilityProcess,
  type WebFrameMain,
} from 'electron';
import { type FromEngine, fromEngineSchema, type Question, type Start, type ToEngine } from '../engine-control.ts';
import { restartDelay } from './restart-delay.ts';

export interface EngineHostOptions {
  /** The built entry of the engine's process. */
  readonly entry: string;
  readonly start: Omit<Start, 'type'>;
  /** Answers what the engine asks of the desktop. A rejection's message goes back to the engine. */
  answer(question: Question): Promise<string | null>;
  onTheme(theme: Extract<FromEngine, { type: 'theme' }>['theme']): void;
}

/** The engine's process, kept alive: started at once, started again when it dies. */
export interface EngineHost {
  /** Hands the page a port to the engine, now or as soon as there is one. The caller has checked the frame. */
  connect(frame: WebFrameMain): void;
  /** A port to the engine for the desktop itself. Throws while there is no process. */
  dial(): MessagePortMain;
  /** Titles of the operations under way. None when the engine cannot be asked within a second. */
  busy(): Promise<readonly string[]>;
  /** Ends the engine in good order, or by force after ten seconds. */
  close(): Promise<void>;
}

interface Child {
  readonly process: UtilityProcess;
  /**
   * What we tell it. Not `process.postMessage`: in the moment between the process's death and its `exit`, when those who
   * lost their connection ask for another, that takes the main process down with it. A port just drops what is posted.
   */
  readonly orders: MessagePortMain;
}

const busyDeadlineMs = 1000;
const closeDeadlineMs = 10_000;

export function createEngineHost(options: EngineHostOptions): EngineHost {
  let child: Child | undefined;
  let closing = false;
  let lastId = 0;
  let crashes: number[] = [];
  /** When to start it again, ms since the epoch; null while it runs or starts. */
  let dueAt: number | null = null;
  /** Pages that asked while there was no process. */
  const waiting = new Set<WebFrameMain>();
  const asked = new Map<number, (operations: readonly string[]) => void>();
  spawn();

  function spawn(): void {
    dueAt = null;
    const process = utilityProcess.fork(options.entry, [], { serviceName: 'Golden Hour engine', stdio: 'inherit' });
    process.on('spawn', () => {
      const { port1: orders, port2 } = new MessageChannelMain();
      process.postMessage({ type: 'start', ...options.start } satisfies ToEngine, [port2]);
      orders.on('close', () => forget(process));
      orders.start();
      child = { process, orders };
      for (const frame of waiting) handPort(orders, frame);
      waiting.clear();
    });
    process.on('message', (message: unknown) => receive(message));
    process.on('exit', (code) => {
      forget(process);
      for (const settle of asked.values()) settle([]);
      asked.clear();
      if (closing) return;
      const now = Date.now();
      crashes = [...crashes, now].slice(-20);
      const delay = restartDelay(crashes, now);
      console.error(`desktop: the engine process ended (${code}); starting it again in ${delay} ms`);
      dueAt = now + delay;
      if (delay === 0) spawn();
      else setTimeout(spawnWhenDue, delay);
    });
  }

  function forget(process: UtilityProcess): void {
    if (child?.process === process) child = undefined;
  }

  /** Called by a timer and by every page that asks: the event of a process's end may leave a timer of ours asleep. */
  function spawnWhenDue(): void {
    if (!closing && dueAt !== null && Date.now() >= dueAt) spawn();
  }

  function send(message: ToEngine): void {
    child?.orders.postMessage(message);
  }

  function receive(raw: unknown): void {
    const parsed = fromEngineSchema.safeParse(raw);
    if (!parsed.success) {
      console.error('desktop: message of the engine not understood:', parsed.error.message);
      return;
    }
    const message = parsed.data;
    if (message.type === 'theme') options.onTheme(message.theme);
    else if (message.type === 'failed') console.error('desktop: the engine did not start:', message.error.message);
    else if (message.type === 'busy') {
      asked.get(message.id)?.(message.operations);
      asked.delete(message.id);
    } else if (message.type === 'ask') {
      const { id, question } = message;
      options.answer(question).then(
        (value) => send({ type: 'answer', id, value, error: null }),
        (error: unknown) =>
          send({ type: 'answer', id, value: null, error: error instanceof Error ? error.message : String(error) }),
      );
    }
  }

  return {
    connect(frame) {
      spawnWhenDue();
      if (child === undefined) waiting.add(frame);
      else handPort(child.orders, frame);
    },
    dial() {
      spawnWhenDue();
      if (child === undefined) throw new Error('The engine has no process.');
      const { port1, port2 } = new MessageChannelMain();
      child.orders.postMessage({ type: 'port', door: 'desktop' } satisfies ToEngine, [port2]);
      return port1;
    },
    busy() {
      if (child === undefined) return Promise.resolve([]);
      lastId += 1;
      const id = lastId;
      return new Promise((resolve) => {
        const timer = setTimeout(() => settle([]), busyDeadlineMs);
        const settle = (operations: readonly string[]): void => {
          clearTimeout(timer);
          asked.delete(id);
          resolve(operations);
        };
        asked.set(id, settle);
        send({ type: 'busy', id });
      });
    },
    close() {
      closing = true;
      const running = child?.process;
      if (running === undefined) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(() => running.kill(), closeDeadlineMs);
        running.once('exit', () => {
          clearTimeout(timer);
          resolve();
        });
        send({ type: 'close' });
      });
    },
  };
}

function handPort(orders: MessagePortMain, frame: WebFrameMain): void {
  const { port1, port2 } = new MessageChannelMain();
  try {
    frame.postMessage('goldenhour:port', null, [port2]);
    orders.postMessage({ type: 'port', door: 'window' } satisfies ToEngine, [port1]);
  } catch {
    // The page went away in between; a new one asks for itself.
    port1.close();
  }
}
