import { userInfo } from 'node:os';
import { AppError, toAppError } from '../shared/errors.ts';
import { serveMessagePort } from './doors/message-port.ts';
import { refusingApi } from './doors/refusing-api.ts';
import { createRouter } from './doors/router.ts';
import { serveSocket } from './doors/socket.ts';
import { createServeWire, type ServeWire } from './doors/wire.ts';
import type { Actor, DesktopBridge } from './engine/api.ts';
import { createEngine } from './engine/engine.ts';
import { type FromEngine, type Question, type Start, toEngineSchema } from './engine-control.ts';

/** Entry of the engine's own process under the desktop: starts the engine and opens its doors. */

type Port = Electron.MessagePortMain;
type Engine = Awaited<ReturnType<typeof createEngine>>;

const parent = process.parentPort;
const user = userInfo().username;
const windowActor: Actor = { door: 'window', user };
const desktopActor: Actor = { door: 'desktop', user };
const socketActor: Actor = { door: 'socket', user };

const questions = new Map<number, { resolve(value: string | null): void; reject(error: Error): void }>();
interface Caller {
  readonly port: Port;
  readonly actor: Actor;
}
/** Those who asked before it was known how the start ended, and those that are told why it failed. */
const waiting: Caller[] = [];
const refused: Port[] = [];
let serve: ServeWire | undefined;
let engine: Engine | undefined;
let closing = false;
let lastQuestion = 0;

function post(message: FromEngine): void {
  parent.postMessage(message);
}

function ask(question: Question): Promise<string | null> {
  lastQuestion += 1;
  const id = lastQuestion;
  return new Promise((resolve, reject) => {
    questions.set(id, { resolve, reject });
    post({ type: 'ask', id, question });
  });
}

parent.on('message', receive);

function receive(event: Electron.MessageEvent): void {
  const parsed = toEngineSchema.safeParse(event.data);
  if (!parsed.success) {
    console.error('engine process: message not understood:', parsed.error.message);
    return;
  }
  const message = parsed.data;
  switch (message.type) {
    case 'start':
      for (const port of event.ports) {
        port.on('message', receive);
        port.start();
      }
      void start(message);
      return;
    case 'port':
      for (const port of event.ports) accept({ port, actor: message.door === 'window' ? windowActor : desktopActor });
      return;
    case 'busy':
      post({ type: 'busy', id: message.id, operations: (engine?.busy() ?? []).map((operation) => operation.title) });
      return;
    case 'close':
      void close();
      return;
    case 'answer': {
      const question = questions.get(message.id);
      questions.delete(message.id);
      if (message.error === null) question?.resolve(message.value);
      else question?.reject(new Error(message.error));
      return;
    }
  }
}

function accept(caller: Caller): void {
  if (serve === undefined) waiting.push(caller);
  else {
    if (engine === undefined) refused.push(caller.port);
    serveMessagePort(caller.port, serve, caller.actor);
  }
}

function open(next: ServeWire): void {
  serve = next;
  for (const caller of waiting.splice(0)) accept(caller);
}

async function start(options: Start): Promise<void> {
  const desktop: DesktopBridge = {
    pickFolder: (title) => ask({ kind: 'pickFolder', title }),
    openUrl: async (url) => void (await ask({ kind: 'openUrl', url })),
    window: async (action) => void (await ask({ kind: 'window', action })),
    windowControls: options.windowControls,
    seal: (value) => ask({ kind: 'seal', value }),
    unseal: (sealed) => ask({ kind: 'unseal', sealed }),
  };
  const { dataFolder, version, home, environment, checkOutputs } = options;
  while (!closing) {
    try {
      engine = await createEngine({ dataFolder, version, home, environment, desktop });
      break;
    } catch (error) {
      const problem = toAppError(error);
      console.error('engine process: the engine did not start:', problem.message);
      post({ type: 'failed', error: problem.toShape() });
      open(createServeWire(createRouter({ api: refusingApi(problem) })));
      // Another engine may end, a full disk may be cleared: the window recovers without being started again.
      await new Promise((resolve) => setTimeout(resolve, problem.code === 'engine.locked' ? 1000 : 5000));
    }
  }
  if (engine === undefined) return;
  const router = createRouter({ api: engine.api, checkOutputs });
  const wire = createServeWire(router);
  open(wire);
  // They ask again and get the engine.
  for (const port of refused.splice(0)) port.close();
  post({ type: 'ready' });
  void followTheme(engine);
  try {
    const door = await serveSocket({ dataFolder, environment, serve: wire, actor: socketActor });
    closers.push(() => door.close());
  } catch (error) {
    console.error('engine process: the command line cannot reach this engine:', toAppError(error).message);
  }
}

const closers: (() => Promise<void>)[] = [];

async function followTheme(running: Engine): Promise<void> {
  const call = { actor: windowActor, signal: new AbortController().signal };
  try {
    post({ type: 'theme', theme: (await running.api.settings.get(undefined, call)).theme });
    for await (const event of await running.api.state.watch({}, call)) {
      if (event.kind !== 'changes') continue;
      for (const change of event.changes) {
        if (change.type === 'settings') post({ type: 'theme', theme: change.value.theme });
      }
    }
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'engine.shutting-down') {
      console.error('engine process: the theme is no longer followed:', toAppError(error).message);
    }
  }
}

async function close(): Promise<void> {
  if (closing) return;
  closing = true;
  for (const closer of closers) await closer().catch(() => undefined);
  await engine?.close().catch((error: unknown) => console.error('engine process: while closing:', error));
  process.exit(0);
}
