import { Worker } from 'node:worker_threads';
import { app } from 'electron';

const tickMs = 50;
const graceMs = 3000;
const clock = `
  const { parentPort } = require('node:worker_threads');
  setInterval(() => parentPort.postMessage('tick'), ${tickMs});
  parentPort.once('message', () => setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${graceMs}));
`;

export interface Exit {
  /** Ends the app. Call it when all is saved and the engine is gone. */
  now(): void;
}

/**
 * Prepares to end the app, for certain; call it before the engine is closed. Timers that are set from the event of the
 * engine's end may never fire, because that event does not wake Node's loop in the main process, and ending the app from
 * within it may come to nothing. So a thread of its own ticks: its messages wake the loop, and should Chromium's end
 * wait for ever all the same, it ends the process.
 */
export function prepareExit(): Exit {
  const thread = new Worker(clock, { eval: true });
  let due = false;
  thread.on('message', () => {
    if (!due) return;
    due = false;
    app.exit(0);
  });
  return {
    now() {
      due = true;
      thread.postMessage('end');
    },
  };
}
