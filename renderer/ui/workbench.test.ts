import { describe, expect, it } from 'vitest';
import { home } from './routes.ts';
import { createWorkbench, type PlaceStore } from './workbench.ts';

function memory(content: Record<string, string> = {}): PlaceStore & { readonly content: Record<string, string> } {
  return {
    content,
    getItem: (key) => content[key] ?? null,
    setItem: (key, value) => {
      content[key] = value;
    },
  };
}

describe('the place of the window', () => {
  it('is remembered', () => {
    const places = memory();
    const first = createWorkbench(places);
    first.actions.navigate({ page: 'stack', environmentId: 'shop/main', service: 'api', tab: 'logs' });
    first.actions.setDockTab('terminal');
    first.actions.setDockHeight(300);
    const next = createWorkbench(places).store.getState();
    expect(next.route).toEqual({ page: 'stack', environmentId: 'shop/main', service: 'api', tab: 'logs' });
    expect(next.environmentId).toBe('shop/main');
    expect(next.dock).toMatchObject({ open: true, tab: 'terminal', height: 300 });
  });

  it('does not survive nonsense', () => {
    for (const text of ['', '{', 'null', '{"hash":7}', '[]'])
      expect(createWorkbench(memory({ 'goldenhour.place': text })).store.getState().route).toEqual(home);
  });

  it('yields to the address', () => {
    const places = memory();
    createWorkbench(places).actions.navigate({ page: 'golden' });
    expect(createWorkbench(places, '#/today').store.getState().route).toEqual({ page: 'today' });
  });

  it('works without storage', () => {
    const full: PlaceStore = {
      getItem: () => null,
      setItem: () => {
        throw new Error('full');
      },
    };
    const bench = createWorkbench(full);
    bench.actions.navigate({ page: 'today' });
    expect(bench.store.getState().route).toEqual({ page: 'today' });
  });
});

describe('the dock', () => {
  it('opens on the logs that were asked for, and numbers requests for shells', () => {
    const { store, actions } = createWorkbench(memory());
    actions.openLogs('shop/main', ['api']);
    expect(store.getState().dock).toMatchObject({
      open: true,
      tab: 'logs',
      logs: { environmentId: 'shop/main', services: ['api'] },
    });
    actions.openTerminal({ environmentId: 'shop/main', service: 'db' });
    const first = store.getState().dock.terminalRequest;
    actions.openTerminal({ environmentId: 'shop/main', service: 'db' });
    expect(store.getState().dock.terminalRequest?.id).not.toBe(first?.id);
  });

  it('keeps its height within reason', () => {
    const { store, actions } = createWorkbench(memory());
    actions.setDockHeight(3);
    expect(store.getState().dock.height).toBe(120);
  });
});
