import { describe, expect, it } from 'vitest';
import type { StateChange } from '../../../shared/contract/streams.ts';
import { memoryFiles } from '../../../test/support/memory-files.ts';
import { type ContainerInfo, composeLabels, labels } from '../providers/provider.ts';
import { type ComposeTrace, tracesOf } from './compose-trace.ts';
import { createDiscovery } from './discovery.ts';

let made = 0;
function container(own: Readonly<Record<string, string>>, change: Partial<ContainerInfo> = {}): ContainerInfo {
  made += 1;
  return {
    id: String(made),
    name: `c${made}`,
    projectName: 'shop',
    service: 'web',
    number: 1,
    state: 'running',
    health: null,
    image: 'a',
    imageId: 'a',
    command: '',
    createdAt: `2025-02-03T10:00:${String(made % 60).padStart(2, '0')}.000Z`,
    startedAt: null,
    finishedAt: null,
    exitCode: null,
    oomKilled: false,
    error: null,
    restarts: 0,
    ports: [],
    mounts: [],
    networks: [],
    addresses: [],
    restartPolicy: 'no',
    limits: { cpus: null, memoryBytes: null },
    labels: { [composeLabels.workingDir]: '/p', [composeLabels.configFiles]: '/p/compose.yaml', ...own },
    ...change,
  };
}

describe('tracesOf', () => {
  it('counts containers and services, and believes the newest', () => {
    const [trace, ...others] = tracesOf([
      container({ [composeLabels.configFiles]: '/p/old.yml' }),
      container({}, { service: 'db', state: 'exited' }),
      container({ [composeLabels.configFiles]: 'a.yml,/q/b.yml', [composeLabels.environmentFile]: '/p/x.env' }),
    ]);
    expect(others).toEqual([]);
    expect(trace).toMatchObject({
      folder: '/p',
      files: ['/p/a.yml', '/q/b.yml'],
      envFiles: ['/p/x.env'],
      services: ['db', 'web'],
      running: 2,
      total: 3,
    });
  });

  it('leaves out what is ours, what runs once, and what is no project', () => {
    expect(
      tracesOf([
        container({ [labels.environment]: 'shop/main' }),
        container({ [labels.role]: 'helper' }, { projectName: 'store' }),
        container({ [composeLabels.oneoff]: 'True' }, { projectName: 'once' }),
        container({}, { projectName: '' }),
      ]),
    ).toEqual([]);
  });

  it('keeps a project that is ours in part, and one whose image has a label like ours', () => {
    const found = tracesOf([
      container({ [labels.environment]: 'shop/main' }),
      container({}),
      container({ 'io.goldenhour.fixture': '1' }, { projectName: 'other' }),
    ]);
    expect(found.map((one) => [one.projectName, one.total])).toEqual([
      ['other', 1],
      ['shop', 2],
    ]);
  });
});

describe('discovery', () => {
  const trace: ComposeTrace = {
    projectName: 'shop',
    folder: '/p',
    files: ['/p/compose.yaml'],
    envFiles: [],
    services: ['web'],
    running: 1,
    total: 1,
    createdAt: null,
  };

  async function problemOf(change: Partial<ComposeTrace>, files: Readonly<Record<string, string>>): Promise<unknown> {
    const seen: StateChange[] = [];
    const discovery = createDiscovery({
      files: memoryFiles(files),
      publish: (each) => seen.push(each),
      traces: () => [{ ...trace, ...change }],
    });
    discovery.look();
    discovery.look();
    await new Promise((resolve) => setTimeout(resolve));
    expect(seen).toEqual([{ type: 'discovered', value: discovery.list() }]);
    return discovery.list()[0]?.problem?.message ?? null;
  }

  it.each([
    ['nothing', {}, null],
    ['no folder', { folder: null }, /do not say which folder/],
    ['a folder of another machine', { folder: 'C:\\shop' }, /on another machine/],
    ['a folder that is gone', { folder: '/gone' }, /folder is not there/],
    ['a file that is gone', { files: ['/p/gone.yml'] }, /^gone\.yml is not there/],
    ['standard input', { files: ['/p/-'] }, /standard input/],
    ['an env file that is gone', { envFiles: ['/p/gone.env'] }, /gone\.env is not there/],
  ] as const)('says why a project cannot be added: %s', async (_name, change, expected) => {
    const problem = await problemOf(change, { '/p/compose.yaml': '' });
    if (expected === null) expect(problem).toBeNull();
    else expect(problem).toMatch(expected);
  });
});
