import { Worker } from 'node:worker_threads';
import { app } from 'electron';

const graceMs = 3000;

/**
 * Ends the app, for certain. Call it when all is saved and the engine is gone. Chromium's own end sometimes waits for
 * ever with its main thread asleep, where no timer of ours fires: a thread of its own then ends the process.
 */
export function exitApp(): void {
  // The process takes the thread with it when it ends in time.
  new Worker(`setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${graceMs});`, { eval: true }).unref();
  app.exit(0);
}
