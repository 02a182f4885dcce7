import { describe, expect, it } from 'vitest';
import { engine } from '../dev/sample-data.ts';
import { engineWords, troubleWords } from './engine-words.ts';

const since = '2026-02-04T16:14:00.000Z';
const connected = { state: 'connected', since } as const;

describe('the engine in the foot', () => {
  it('names its version without what a distribution adds', () =>
    expect(engineWords(connected, engine({ version: '20.10.24+dfsg1' })).text).toBe('Docker 20.10.24'));
  it('speaks of our own engine first', () =>
    expect(engineWords({ state: 'lost', since }, engine()).text).toBe('Reconnecting'));
  it('says when there is none', () => expect(engineWords(connected, null).text).toBe('No engine'));
});

describe('the banner', () => {
  it('is not there while all is well, at the start, or when there is nothing to look at', () => {
    expect(troubleWords(connected, engine(), true)).toBeNull();
    expect(troubleWords({ state: 'connecting', since }, null, true)).toBeNull();
    expect(troubleWords(connected, engine({ state: 'gone' }), false)).toBeNull();
  });
  it('says what happened and since when', () => {
    expect(troubleWords(connected, engine({ state: 'not-responding', since }), true)).toEqual({
      title: 'Docker stopped answering',
      since,
      own: false,
    });
    expect(troubleWords({ state: 'lost', since }, engine({ state: 'gone' }), true)).toMatchObject({ own: true, since });
  });
});
