import { rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { closeDatabase, openDatabase } from '../../electron/engine/storage/database.ts';
import { createTerminalMemory } from '../../electron/engine/terminal/memory.ts';
import { alive, call, live, open, pidAfter, place, read, size, stack, type } from '../support/host-terminals.ts';
import { waitFor } from '../support/wait.ts';

describe('after a restart of the engine', () => {
  it('terminals wait in their order, under their names, and begin anew in their places', async () => {
    const first = live();
    const [a, b, c, d] = [
      await open(first),
      await open(first, join(stack, 'api')),
      await open(first),
      await open(first),
    ];
    await first.slice.rename({ terminalId: b.id, name: 'the api' }, call());
    await first.slice.arrange({ terminalIds: [c.id, a.id] }, call());
    const left = read(first, d.id);
    await type(first, d.id, 'exit\r');
    await left.done;
    await first.slice.close({ terminalId: c.id }, call());
    const reader = read(first, b.id);
    await type(first, b.id, 'marker=old; echo pid=$$\r');
    const pid = await pidAfter(reader, 'pid');
    await first.close();
    expect(await alive(pid)).toBe(false);

    const second = live();
    const waiting = await second.slice.list(undefined, call());
    expect(waiting).toMatchObject([
      { id: a.id, state: 'waiting', restored: true, folder: stack, name: null },
      { id: b.id, state: 'waiting', restored: true, folder: join(stack, 'api'), name: 'the api' },
    ]);
    await expect(type(second, b.id, 'x')).rejects.toMatchObject({ code: 'terminal.not-found' });
    const input = { terminalId: b.id, ...size };
    const [view, same] = [await second.slice.restore(input, call()), await second.slice.restore(input, call())];
    expect(view).toMatchObject({ id: b.id, state: 'running', restored: true, name: 'the api' });
    expect(same.openedAt).toBe(view.openedAt);
    const again = read(second, b.id);
    await type(second, b.id, 'echo "[$marker]" $PWD\r');
    await waitFor(() => again.text.includes(`[] ${join(stack, 'api')}`), { what: 'a new shell in the same place' });
  });

  it('one that was cut off with the whole process waits too, one whose stack was forgotten does not', async () => {
    const first = live();
    const { id } = await open(first);
    // The database as a process leaves it that had no time for anything.
    const copy = openDatabase(join(place.path, 'db'));
    expect(createTerminalMemory(copy).list()).toMatchObject([{ id }]);
    closeDatabase(copy);
    await first.close();
    const second = live();
    second.terminals.forget('shop/main');
    expect(await second.slice.list(undefined, call())).toEqual([]);
    await second.close();
    expect(await live().slice.list(undefined, call())).toEqual([]);
  });

  it('the folder may be gone: that is said, and the terminal waits on', async () => {
    const first = live();
    const { id } = await open(first, join(stack, 'api'));
    await first.close();
    const second = live();
    await rmdir(join(stack, 'api'));
    await expect(second.slice.restore({ terminalId: id, ...size }, call())).rejects.toMatchObject({
      code: 'input.not-found',
    });
    expect(await second.slice.list(undefined, call())).toMatchObject([{ id, state: 'waiting' }]);
  });
});
