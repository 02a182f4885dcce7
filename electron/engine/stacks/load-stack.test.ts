import { describe, expect, it } from 'vitest';
import { memoryFiles } from '../../../test/support/memory-files.ts';
import type { StackFolder } from '../environments/stack-loader.ts';
import { createLoadStack } from './load-stack.ts';

const service = (image: string): string => `services:\n  web: { image: "${image}" }\n`;
const files = {
  '/p/compose.yaml': service('plain:$TAG'),
  '/p/remembered.yaml': service('remembered:$TAG'),
  '/p/listed.yaml': service('golden:$TAG'),
  '/p/said.yaml': service('said:$TAG'),
  '/p/tag.env': 'TAG=of-a-file\n',
};
const load = async (source: Partial<StackFolder>, golden?: string): Promise<string | undefined> => {
  const all = golden === undefined ? files : { ...files, '/p/golden.yml': `version: 1\n${golden}` };
  const loadStack = createLoadStack({ files: memoryFiles(all), environment: { TAG: 'of-the-engine' } });
  const loaded = await loadStack({ folder: '/p', loading: {}, ...source }, new AbortController().signal);
  return loaded.project.services['web']?.image;
};
const golden = 'compose: { files: [listed.yaml] }\n';
const remembered = { files: ['remembered.yaml'] };

describe('what a stack is read from', () => {
  it('is what a command says, then golden.yml, then what is remembered, then what Compose finds', async () => {
    const said = { files: ['/p/said.yaml'] };
    expect(await load({ loading: remembered, explicit: said }, golden)).toBe('said:of-the-engine');
    expect(await load({ loading: remembered }, golden)).toBe('golden:of-the-engine');
    expect(await load({ loading: remembered })).toBe('remembered:of-the-engine');
    expect(await load({})).toBe('plain:of-the-engine');
  });

  it('starts afresh with a command that says anything, as Compose does', async () => {
    expect(await load({ loading: remembered, explicit: { profiles: ['debug'] } })).toBe('plain:of-the-engine');
    expect(await load({ loading: remembered, explicit: { profiles: ['debug'] } }, golden)).toBe('golden:of-the-engine');
  });

  it("takes the command's variables in place of the engine's", async () => {
    expect(await load({ environment: { TAG: 'of-the-shell' } })).toBe('plain:of-the-shell');
    expect(await load({ environment: {}, explicit: { envFiles: ['tag.env'] } })).toBe('plain:of-a-file');
  });
});
