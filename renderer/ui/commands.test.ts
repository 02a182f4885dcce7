import { expect, it } from 'vitest';
import { type Command, createCommands } from './commands.ts';

const command = (id: string): Command => ({ id, title: id, group: 'Actions', run: () => undefined });

it('keeps the commands of each source until it goes', () => {
  const commands = createCommands();
  commands.set('a', [command('one'), command('two')]);
  commands.set('b', [command('three')]);
  expect(commands.all().map((one) => one.id)).toEqual(['one', 'two', 'three']);
  commands.set('a', [command('four')]);
  expect(commands.all().map((one) => one.id)).toEqual(['four', 'three']);
  commands.clear('b');
  expect(commands.all().map((one) => one.id)).toEqual(['four']);
});
