import { describe, expect, it } from 'vitest';
import { printProject } from '../../electron/engine/stacks/compose/print.ts';
import { composeConfig, corpus, loadCase, refuseCase, shownPosition } from './compose-corpus.ts';

/*
 * The loader beside the real `docker compose config`.
 *
 * The models are compared field by field after this normalisation:
 * 1. A ulimit of zero: Compose prints `{}`, which loses the value; we print 0.
 * 2. Limits of block devices: Compose's JSON has `Path`, `Weight` and `Rate`, which Compose cannot read back; we print
 *    `path`, `weight` and `rate`, as its YAML does.
 * Key order does not count; list order does.
 */
function normalise(model: unknown): unknown {
  if (Array.isArray(model)) return model.map(normalise);
  if (typeof model !== 'object' || model === null) return model;
  return Object.fromEntries(
    Object.entries(model).map(([key, value]) => [
      key,
      key === 'ulimits' ? zeroLimits(value) : key === 'blkio_config' ? lowerCase(value) : normalise(value),
    ]),
  );
}

function zeroLimits(limits: unknown): unknown {
  return Object.fromEntries(
    Object.entries(limits as object).map(([name, limit]) => [
      name,
      typeof limit === 'object' && Object.keys(limit).length === 0 ? 0 : limit,
    ]),
  );
}

function lowerCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowerCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.toLowerCase(), lowerCase(inner)]));
}

describe('valid projects', () => {
  it.each(corpus('valid'))('$name has the same model', async (entry) => {
    const theirs = await composeConfig(entry, '--format', 'json');
    expect(theirs.stderr.split('\n').filter((line) => /error/i.test(line))).toEqual([]);
    expect(theirs.exitCode).toBe(0);
    const ours = await loadCase(entry);
    expect(normalise(JSON.parse(printProject(ours.project, 'json')))).toEqual(normalise(JSON.parse(theirs.stdout)));
  });

  it.each(corpus('valid'))('$name has the same hashes', async (entry) => {
    const theirs = await composeConfig(entry, '--hash', '*');
    const hashes = Object.fromEntries(
      theirs.stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.split(' ') as [string, string]),
    );
    const ours = await loadCase(entry);
    // Compose counts in env files here, and leaves out label files, unlike when it makes containers, which is what
    // our hashes are for. compose-hash.test.ts compares those. Likewise with what the API socket brings.
    const comparable = Object.entries(ours.project.services)
      .filter(([name, service]) => !ours.servicesWithFiles.includes(name) && service.use_api_socket !== true)
      .map(([name]) => name);
    expect(Object.fromEntries(comparable.map((name) => [name, ours.configHashes[name]]))).toEqual(
      Object.fromEntries(comparable.map((name) => [name, hashes[name]])),
    );
  });
});

describe('invalid projects', () => {
  it.each(corpus('invalid'))('$name is refused by both, by us with its place', async (entry) => {
    const theirs = await composeConfig(entry, '--quiet');
    expect(theirs.exitCode).not.toBe(0);
    const { error, problems } = await refuseCase(entry);
    for (const problem of problems) expect(problem.position, problem.message).toBeDefined();
    expect({ code: error.code, position: shownPosition(problems[0], entry.folder) }).toEqual(entry.options.expect);
  });
});

describe('projects that ask for what cannot be run', () => {
  it.each(corpus('unsupported'))('$name is refused by name', async (entry) => {
    const theirs = await composeConfig(entry, '--quiet');
    expect(theirs.exitCode).toBe(0);
    const { error, problems } = await refuseCase(entry);
    expect({ code: error.code, position: shownPosition(problems[0], entry.folder) }).toEqual(entry.options.expect);
  });
});
