import { describe, expect, it } from 'vitest';
import type { BusCall } from '../platform/session-bus.ts';
import { secretService } from './secret-service-calls.ts';

const prompt = '/org/freedesktop/secrets/prompt/p1';
const idle = new AbortController().signal;

/** A service that wants to ask the user before it does anything. */
function asking(answer: (call: BusCall) => readonly unknown[] = () => []) {
  const calls: string[] = [];
  const service = secretService({
    async call(call) {
      calls.push(call.member);
      if (call.member === 'Unlock') return [[], prompt];
      if (call.member === 'CreateItem') return ['/', prompt];
      return answer(call);
    },
  });
  const completed = (dismissed: boolean, path = prompt): void =>
    service.signal({
      type: 4,
      path,
      interface: 'org.freedesktop.Secret.Prompt',
      member: 'Completed',
      body: [dismissed, ['ao', [[]]]],
    });
  return { calls, service, completed };
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a prompt of the key store', () => {
  it.each([
    [false, true],
    [true, false],
  ])('dismissed: %s', async (dismissed, done) => {
    const { calls, service, completed } = asking();
    const unlocked = service.unlock(['/item'], idle);
    await turn();
    // Of somebody else.
    completed(!dismissed, '/org/freedesktop/secrets/prompt/p2');
    completed(dismissed);
    expect(await unlocked).toBe(done);
    expect(calls).toEqual(['Unlock', 'Prompt']);
  });

  it('is closed when nobody waits any more', async () => {
    const { calls, service } = asking();
    const stop = new AbortController();
    const unlocked = service.unlock(['/item'], stop.signal);
    await turn();
    stop.abort(new Error('enough'));
    await expect(unlocked).rejects.toThrow('enough');
    await turn();
    expect(calls).toEqual(['Unlock', 'Prompt', 'Dismiss']);
  });

  it('may come before an item is made', async () => {
    const { service, completed } = asking();
    const made = service.create('/collection', 'label', { key: 'A' }, 'correct horse', idle);
    await turn();
    completed(false);
    expect(await made).toBe(true);
  });
});

describe('what goes wrong', () => {
  it('is said without what was sent', async () => {
    const service = secretService({
      async call(call) {
        // As the library does when it cannot write a message.
        throw new Error(`message body does not match message signature. Body:${JSON.stringify(call.body)}`);
      },
    });
    const made = service.create('/collection', 'label', { key: 'A' }, 'correct horse', idle);
    const error = await made.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'secrets.unavailable' });
    expect(String((error as Error).stack) + JSON.stringify(error)).not.toContain('correct horse');
    expect((error as Error).cause).toBeUndefined();
  });

  it('includes answers that are none', async () => {
    const service = secretService({ call: async () => ['nonsense'] });
    await expect(service.search({ key: 'A' })).rejects.toMatchObject({ code: 'secrets.unavailable' });
    await expect(service.secrets(['/item'])).rejects.toMatchObject({ code: 'secrets.unavailable' });
  });
});
