import { describe, expect, it } from 'vitest';
import type { Notice } from '../../shared/domain/alert-types.ts';
import { createNoticeSink } from './notice-sink.ts';

const notice = (id: string, title: string, more: Partial<Notice> = {}): Notice => ({
  id,
  environment: 'shop/main',
  service: 'db',
  at: 1,
  title,
  lines: ['Since 11:10.'],
  actions: ['restart', 'logs', 'open'],
  urgency: 'normal',
  silent: false,
  reason: 'incident',
  ...more,
});

function bench() {
  const seen: string[] = [];
  const waiting: (() => void)[] = [];
  const chosen: string[] = [];
  const sink = createNoticeSink({
    surface: {
      show: (slot, { title }) => seen.push(`show ${slot} ${title}`),
      close: (slot) => seen.push(`close ${slot}`),
    },
    later(_ms, run) {
      waiting.push(run);
      return () => waiting.splice(waiting.indexOf(run), 1);
    },
    onChosen: ({ id }, action) => chosen.push(`${id} ${action}`),
  });
  const pass = (): void => {
    for (const run of waiting.splice(0)) run();
  };
  return { seen, chosen, sink, pass };
}

describe('what is shown on the desktop', () => {
  it('shows a notice once, replaces it when its text changes, and takes it away with it', () => {
    const { seen, sink } = bench();
    sink.update([notice('a', 'db is down')], 'e1', true);
    sink.update([notice('a', 'db is down', { at: 2 })], 'e1', true);
    sink.update([notice('a', 'db and api are down')], 'e1', true);
    sink.update([], 'e1', true);
    expect(seen).toEqual(['show 1 db is down', 'show 1 db and api are down', 'close 1']);
  });

  it('shows the same text again when the engine sends it as another notice', () => {
    const { seen, sink } = bench();
    sink.update([notice('a', 'db is down')], 'e1', true);
    sink.update([notice('b', 'db is down')], 'e1', true);
    expect(seen).toEqual(['show 1 db is down', 'show 2 db is down', 'close 1']);
  });

  it('does not tell again what an engine that was started again finds out again', () => {
    const { seen, sink, pass } = bench();
    sink.update([notice('shop/main#3', 'db is down')], 'e1', true);
    sink.update([], 'e2', true);
    sink.update([notice('shop/main#1', 'db is down')], 'e2', true);
    pass();
    expect(seen).toEqual(['show 1 db is down']);
    sink.update([], 'e2', true);
    expect(seen.slice(1)).toEqual(['close 1']);
  });

  it('replaces what the last engine showed when the new one says more', () => {
    const { seen, sink } = bench();
    sink.update([notice('shop/main#3', 'db is down')], 'e1', true);
    sink.update([], 'e2', true);
    sink.update([notice('shop/main#1', 'db is still down')], 'e2', true);
    expect(seen).toEqual(['show 1 db is down', 'show 1 db is still down']);
  });

  it('takes away after a while what the new engine knows nothing of', () => {
    const { seen, sink, pass } = bench();
    sink.update([notice('a', 'db is down')], 'e1', true);
    sink.update([], 'e2', true);
    expect(seen).toHaveLength(1);
    pass();
    expect(seen).toEqual(['show 1 db is down', 'close 1']);
  });

  it('shows nothing while notifications are off, nor afterwards what came then', () => {
    const { seen, sink } = bench();
    sink.update([notice('a', 'db is down')], 'e1', true);
    sink.update([notice('a', 'db is down'), notice('b', 'api is down')], 'e1', false);
    expect(seen).toEqual(['show 1 db is down', 'close 1']);
    sink.update([notice('a', 'db is down'), notice('b', 'api is down')], 'e1', true);
    sink.update([notice('b', 'api is still down')], 'e1', true);
    expect(seen.filter((each) => each.startsWith('show'))).toEqual(['show 1 db is down', 'show 2 api is still down']);
  });

  it('brings a choice to the notice it was made in, also a moment after its end', () => {
    const { chosen, sink } = bench();
    sink.update([notice('a', 'db is down')], 'e1', true);
    sink.chosen(1, 'restart');
    sink.update([], 'e1', true);
    sink.chosen(1, null);
    sink.chosen(7, 'logs');
    expect(chosen).toEqual(['a restart', 'a null']);
  });
});
