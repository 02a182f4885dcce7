/** The contract takes at most a million characters at once; half of that leaves room. */
const most = 500_000;

export interface InputQueue {
  push(data: string): void;
}

/** Sends what is typed in order, one call at a time; what is typed meanwhile goes together in the next. */
export function createInputQueue(
  send: (data: string) => Promise<unknown>,
  failed: (error: unknown) => void,
): InputQueue {
  let waiting = '';
  let sending = false;

  const run = async (): Promise<void> => {
    sending = true;
    try {
      while (waiting !== '') {
        const part = waiting.slice(0, most);
        waiting = waiting.slice(most);
        await send(part);
      }
    } catch (error) {
      // Keys typed into a terminal that does not answer must not arrive later, out of place.
      waiting = '';
      failed(error);
    } finally {
      sending = false;
    }
  };

  return {
    push(data) {
      waiting += data;
      if (!sending) void run();
    },
  };
}
