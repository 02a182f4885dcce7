import { describe, expect, it } from 'vitest';
import type { EngineView } from '../../../../shared/contract/engines.ts';
import { bareStep } from '../../../../test/support/bare-step.ts';
import { virtualClock } from '../../../../test/support/watch-bed.ts';
import { type EngineStepDeps, engineStep } from './engine-step.ts';
import { findEngineWays } from './engine-ways.ts';

const engineOf = (state: EngineView['state']): EngineView =>
  ({
    name: 'default',
    state,
    version: '27.1',
    problem: { message: 'The socket is not there.', remedy: '' },
  }) as EngineView;
const way = { id: 'docker', label: 'Start Docker', command: ['systemctl', 'start', 'docker'] };

function bed(options: { readonly exitCode?: number; readonly ways?: readonly (typeof way)[] } = {}) {
  const clock = virtualClock();
  let engine = engineOf('not-found');
  const ran: string[] = [];
  const deps: EngineStepDeps = {
    clock,
    environment: {},
    selected: () => engine,
    detect: async () => undefined,
    ways: async () => options.ways ?? [way],
    runProcess: async (program, args) => {
      ran.push([program, ...args].join(' '));
      const exitCode = options.exitCode ?? 0;
      if (exitCode === 0) engine = engineOf('available');
      return { exitCode, signal: null, stdout: '', stderr: exitCode === 0 ? '' : 'Access denied', truncated: false };
    },
  };
  return {
    clock,
    ran,
    step: engineStep(deps),
    comes: () => {
      engine = engineOf('available');
    },
  };
}

describe('the step that wants Docker', () => {
  it('asks nobody when it answers', async () => {
    const { step, comes } = bed();
    comes();
    const fake = bareStep();
    expect(await step.run({}, fake.context)).toEqual({ result: 'default 27.1 answers.' });
    expect(fake.asked).toEqual([]);
  });

  it('shows exactly what it would run, and runs it only when told to', async () => {
    const { step, clock, ran } = bed();
    const fake = bareStep({
      answer: (question) => ({ kind: 'choice', id: question.kind === 'choice' ? (question.choices[0]?.id ?? '') : '' }),
    });
    const run = step.run({}, fake.context);
    await clock.pass(3500);
    await clock.pass(1000);
    expect((await run).result).toMatch(/^default 27\.1 answers after 3\.5 s\.$/);
    expect(fake.asked).toEqual([
      {
        kind: 'choice',
        text: 'Docker does not answer. Shall it be started?',
        detail: ['The socket is not there.', 'systemctl start docker'],
        choices: [
          { id: 'docker', label: 'Start Docker', danger: false },
          { id: 'wait', label: 'I start it myself', danger: false },
        ],
      },
    ]);
    expect(ran).toEqual(['systemctl start docker']);
    expect(fake.output()).toContain('$ systemctl start docker');
  });

  it('goes on by itself when Docker comes up while it asks', async () => {
    const { step, clock, ran, comes } = bed();
    const fake = bareStep();
    const run = step.run({}, fake.context);
    await clock.pass(60_000);
    expect(fake.asked).toHaveLength(1);
    comes();
    await clock.pass(1000);
    expect((await run).result).toMatch(/answers after 61 s/);
    expect(ran).toEqual([]);
  });

  it('says why it could not be started', async () => {
    const { step, clock } = bed({ exitCode: 1 });
    const fake = bareStep({ answer: () => ({ kind: 'choice', id: 'docker' }) });
    const run = expect(step.run({}, fake.context)).rejects.toMatchObject({
      code: 'docker.not-found',
      message: 'systemctl start docker ended with 1: Access denied',
    });
    await clock.pass(4000);
    await run;
  });

  it('only waits where there is nothing to start it with, or the user does it', async () => {
    for (const options of [{ ways: [] }, {}]) {
      const { step, clock, ran, comes } = bed(options);
      const fake = bareStep({ answer: () => ({ kind: 'choice', id: 'wait' }) });
      const run = step.run({}, fake.context);
      await clock.pass(10_000);
      comes();
      await clock.pass(1000);
      await run;
      expect(ran).toEqual([]);
    }
  });
});

describe('ways to start Docker', () => {
  const there = (...paths: string[]) => ({
    info: async (path: string) =>
      paths.includes(path) ? { kind: 'file' as const, bytes: 1, modifiedAt: new Date() } : undefined,
  });
  const ways = async (platform: NodeJS.Platform, ...paths: string[]) =>
    (await findEngineWays({ files: there(...paths), platform, home: '/home/me', path: ['/usr/bin'] })).map(
      ({ command }) => command.join(' '),
    );

  it('are found by looking', async () => {
    expect(await ways('linux')).toEqual([]);
    // Without systemd there is nobody to ask for a unit.
    expect(await ways('linux', '/lib/systemd/system/docker.service')).toEqual([]);
    expect(
      await ways(
        'linux',
        '/run/systemd/system',
        '/lib/systemd/system/docker.service',
        '/usr/lib/systemd/user/docker-desktop.service',
        '/usr/bin/colima',
        '/home/me/.colima',
      ),
    ).toEqual(['systemctl --user start docker-desktop', 'systemctl start docker', 'colima start']);
    expect(await ways('darwin', '/Applications/Docker.app', '/home/me/Applications/OrbStack.app')).toEqual([
      'open -a Docker',
      'open -a OrbStack',
    ]);
    expect(await ways('win32', 'C:\\Program Files\\Docker\\Docker\\Docker Desktop.exe')).toHaveLength(1);
    expect(await ways('freebsd')).toEqual([]);
  });
});
