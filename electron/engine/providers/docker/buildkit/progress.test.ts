import { describe, expect, it } from 'vitest';
import { solveFailed } from './failure.ts';
import { grpcFailure } from './grpc.ts';
import { rpcStatus, type StatusAnswer, statusAnswer } from './messages.ts';
import { createBuildProgress } from './progress.ts';

const nothing: StatusAnswer = statusAnswer.decode(new Uint8Array());
const time = { seconds: 1, nanos: 0 };
const vertex = (digest: string, more: object = {}): StatusAnswer['vertexes'][number] => ({
  ...{ digest, name: `[1/2] RUN ${digest}`, cached: false, error: '', started: undefined, completed: undefined },
  ...more,
});

function watch(secrets: readonly string[] = []): {
  readonly build: ReturnType<typeof createBuildProgress>;
  readonly log: string[];
  readonly details: string[];
  readonly sums: (number | null)[][];
} {
  const [log, details, sums]: [string[], string[], (number | null)[][]] = [[], [], []];
  const build = createBuildProgress('img', secrets, {
    progress: (done, total) => void sums.push([done, total]),
    detail: (text) => void details.push(text),
    log: (text) => void log.push(text),
  });
  return { build, log, details, sums };
}

describe('the progress of a build', () => {
  it('counts steps once the Dockerfile is read, and names the one at work with its download', () => {
    const { build, sums, details, log } = watch();
    build.take({ ...nothing, vertexes: [vertex('x', { name: '[internal] load', started: time })] });
    expect(sums.at(-1)).toEqual([0, null]);
    build.take({
      ...nothing,
      vertexes: [vertex('a', { started: time }), vertex('b'), vertex('x', { completed: time })],
    });
    expect(sums.at(-1)).toEqual([1, 3]);
    const status = { id: 'l', vertex: 'a', name: 'l', current: 1_500_000, total: 4_000_000, completed: undefined };
    build.take({ ...nothing, statuses: [status] });
    expect(details.at(-1)).toBe('Building img: [1/2] RUN a (1.5 MB of 4.0 MB)');
    expect(log).toEqual(['[1/2] RUN a']);
  });

  it('puts lines together, blots out secrets, and keeps the last lines of the step that failed', () => {
    const { build, log } = watch(['hunter2']);
    const say = (text: string): void => build.take({ ...nothing, logs: [{ vertex: 'a', data: Buffer.from(text) }] });
    build.take({ ...nothing, vertexes: [vertex('a', { started: time }), vertex('c', { started: time })] });
    say('half a ');
    say('line\nthe word is hun');
    say('ter2!\n10%\r20%\r100%\nlast');
    build.take({
      ...nothing,
      vertexes: [
        vertex('c', { completed: time, error: 'context canceled' }),
        vertex('a', { completed: time, error: 'exit code: 1' }),
      ],
    });
    expect(build.failed()).toEqual({
      name: '[1/2] RUN a',
      log: ['half a line', 'the word is ***!', '100%', 'last'],
    });
    expect(log).toContain('  the word is ***!');
  });

  it('says once that it keeps no more', () => {
    const { build, log } = watch();
    const data = Buffer.from(Array.from({ length: 5000 }, (_, index) => `line ${index}\n`).join(''));
    build.take({ ...nothing, logs: [{ vertex: 'a', data }] });
    expect(log).toHaveLength(1001);
    expect(log.at(-1)).toContain('more than is kept');
    expect(build.failed()).toBeUndefined();
  });
});

describe('a failed build', () => {
  const dockerfile = {
    text: 'FROM a\nRUN make  all \\\n  -j2\n',
    path: '/p/Dockerfile',
    name: 'Dockerfile',
    inside: null,
    ignore: undefined,
  };
  const failed = (message: string, more: object = {}, details?: Uint8Array): ReturnType<typeof solveFailed> =>
    solveFailed(grpcFailure(2, message, details), {
      ...{ image: 'img', service: 'web', dockerfile, inlineAt: undefined, step: undefined },
      ...more,
    });

  it('takes the place from the details of the status', () => {
    const value = Buffer.from(JSON.stringify({ info: {}, ranges: [{ start: { line: 2 }, end: { line: 3 } }] }));
    const details = rpcStatus.encode({ details: [{ typeUrl: 'github.com/moby/buildkit/errdefs.Source+json', value }] });
    expect(failed('x', {}, details).details?.['problems']).toMatchObject([{ position: { line: 2 } }]);
    // Whatever else may be in there does no harm.
    expect(failed('x', {}, Buffer.from('junk')).details?.['problems']).toBeUndefined();
  });

  it.each([
    ['failed to solve: dockerfile parse error on line 2: unknown instruction: RUM', 'unknown instruction: RUM', 2],
    [
      'failed to solve with frontend dockerfile.v0: failed to create LLB definition: dockerfile parse error line 1: no',
      'no',
      1,
    ],
    ['rpc error: code = Unknown desc = failed to solve: gone', 'gone', undefined],
  ])('says %j plainly', (message, reason, line) => {
    const error = failed(message);
    expect(error.message).toContain(`could not be built: ${reason}`);
    expect((error.details?.['problems'] as { position: { line: number } }[] | undefined)?.[0]?.position.line).toBe(
      line,
    );
  });

  it('finds the line by the step when the engine names none', () => {
    const error = failed('executor failed running [/bin/sh -c make]: exit code: 2', {
      step: { name: '[2/2] RUN make all -j2', log: ['oh'] },
    });
    expect(error.message).toMatch(/RUN make all -j2 ended with exit code 2 \(line 2 of Dockerfile\)$/);
    expect(error.details).toMatchObject({ log: ['oh'], problems: [{ position: { file: '/p/Dockerfile', line: 2 } }] });
  });
});
