import type { Page } from '@playwright/test';

/** One answer to a frame, as it came over the port. */
export interface RawAnswer {
  readonly status: number;
  /** The output, or the error's shape. */
  readonly body: unknown;
}

/**
 * Sends frames of the test's making over a port of its own, the way a page that was taken over could: no client of ours
 * in between. Resolves with the answer to the frame named `id`, rejects when none came within ten seconds.
 */
export async function sendFrames(page: Page, frames: readonly unknown[], id: string): Promise<RawAnswer> {
  return await page.evaluate(
    ({ frames: all, id: wanted }) =>
      new Promise<RawAnswer>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`No answer to ${wanted}.`)), 10_000);
        const onMessage = (event: MessageEvent): void => {
          const port = event.ports[0];
          if (event.data?.type !== 'goldenhour:port' || port === undefined) return;
          window.removeEventListener('message', onMessage);
          port.onmessage = ({ data }) => {
            const frame = JSON.parse(data);
            if (frame.i !== wanted) return;
            clearTimeout(timer);
            port.close();
            resolve({ status: frame.p?.s ?? 200, body: frame.p?.b?.json });
          };
          for (const frame of all) port.postMessage(frame);
        };
        window.addEventListener('message', onMessage);
        window.postMessage({ type: 'goldenhour:connect' }, window.location.origin);
      }),
    { frames: [...frames], id },
  );
}

/** One call of a procedure such as `golden/capture`. */
export function rawCall(page: Page, procedure: string, input?: unknown): Promise<RawAnswer> {
  const frame = JSON.stringify({ i: 'call', p: { u: `/${procedure}`, b: { json: input } } });
  return sendFrames(page, [frame], 'call');
}
