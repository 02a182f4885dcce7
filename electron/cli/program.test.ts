import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CommandContext, contextOf } from './context.ts';
import type { Terminal } from './output.ts';
import { createProgram } from './program.ts';

/** What a command line becomes; nothing is run. */
function parse(...words: string[]): CommandContext {
  let found: CommandContext | undefined;
  const terminal = { json: false } as Terminal;
  createProgram((_work, options) => {
    found = contextOf(terminal, options, {});
  }).parse(words, { from: 'user' });
  if (found === undefined) throw new Error('no command was started');
  return found;
}

describe('the options of docker compose', () => {
  const options = ['-f', 'a.yaml', '--file', 'b.yaml', '-p', 'shop', '--env-file', 'x.env', '--profile', 'debug'];
  const loading = {
    files: [resolve('a.yaml'), resolve('b.yaml')],
    envFiles: [resolve('x.env')],
    profiles: ['debug'],
    projectName: 'shop',
  };

  it.each(['config', 'plan', 'up', 'stop', 'restart', 'pull', 'down', 'remove'])(
    'count on both sides of %s',
    (name) => {
      expect(parse(...options, name).loading).toEqual(loading);
      expect(parse(name, ...options).loading).toEqual(loading);
    },
  );

  it('count before commands that have options of their own with these letters', () => {
    expect(parse(...options, 'logs', '--follow', 'web').loading).toEqual(loading);
    expect(parse('-p', 'shop', 'serve', '-p', '4000').loading).toEqual({ projectName: 'shop' });
  });

  it('are relative to the folder that is named', () => {
    expect(parse('-C', '/elsewhere', 'up', '-f', 'a.yaml')).toMatchObject({
      folder: '/elsewhere',
      folderNamed: true,
      loading: { files: ['/elsewhere/a.yaml'] },
    });
    expect(parse('up')).toMatchObject({ folder: process.cwd(), folderNamed: false, loading: {} });
  });

  it('leave a file in a repository as it is', () => {
    const url = 'https://example.test/shop.git#main:compose.yaml';
    expect(parse('up', '-f', url).loading).toEqual({ files: [url] });
  });
});

describe('a command within a command', () => {
  it('takes --json before, between and after its words', () => {
    const json = (...words: string[]): boolean => {
      let found = false;
      createProgram((_work, options) => {
        found = options.json;
      }).parse(words, { from: 'user' });
      return found;
    };
    expect(json('incidents', 'ack', 'one')).toBe(false);
    expect(json('--json', 'incidents', 'ack', 'one')).toBe(true);
    expect(json('incidents', '--json', 'ack', 'one')).toBe(true);
    expect(json('incidents', 'ack', 'one', '--json')).toBe(true);
    expect(json('incidents', 'one', '--json')).toBe(true);
  });
});
