import { describe, expect, it } from 'vitest';
import type { AppError } from '../../../../shared/errors.ts';
import type { DockerClient, ExecRequest } from './client.ts';
import { runHooks } from './hooks.ts';

const container = { id: '1', name: 'shop-web-1', service: 'web' };
const { signal } = new AbortController();

function client(...exitCodes: number[]): DockerClient & { readonly requests: ExecRequest[] } {
  const requests: ExecRequest[] = [];
  const exec = async (_id: string, request: ExecRequest) => {
    requests.push(request);
    return { exitCode: exitCodes[requests.length - 1] ?? 0, stdout: 'out\n', stderr: 'one\n\ntwo\n' };
  };
  return { requests, exec } as unknown as DockerClient & { readonly requests: ExecRequest[] };
}

describe('runHooks', () => {
  it('hands everything that a hook says to the engine', async () => {
    const engine = client();
    const hook = {
      command: ['a', 'b'],
      user: 'root',
      privileged: true,
      working_dir: '/srv',
      environment: { A: '1', GONE: null },
    };
    const lines: string[] = [];
    await runHooks(engine, 'post_start', container, [hook, { command: null }], (line) => lines.push(line), signal);
    expect(engine.requests).toMatchObject([
      { command: ['a', 'b'], user: 'root', privileged: true, workingDir: '/srv', environment: { A: '1', GONE: null } },
      { command: [] },
    ]);
    expect(engine.requests[1]).not.toHaveProperty('privileged');
    expect(lines.slice(0, 3)).toEqual([
      'shop-web-1 post_start: out',
      'shop-web-1 post_start: one',
      'shop-web-1 post_start: two',
    ]);
  });

  it('stops at the first that fails and says which', async () => {
    const engine = client(0, 7, 0);
    const hooks = [{ command: ['a'] }, { command: ['b'] }, { command: ['c'] }];
    const failed = runHooks(engine, 'pre_stop', container, hooks, () => undefined, signal);
    await expect(failed).rejects.toMatchObject({
      code: 'docker.hook-failed',
      details: { hook: 'pre_stop[1]', exitCode: 7, service: 'web', log: ['out', 'one', 'two'] },
    } satisfies Partial<AppError>);
    expect(engine.requests).toHaveLength(2);
  });
});
