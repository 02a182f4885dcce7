import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { VolumePlacement } from '../../electron/engine/providers/provider.ts';
import { compose } from './compose.ts';
import { connectDocker, listByLabel, removeProject, uniqueProjectName } from './docker.ts';
import { runWell, type TestStacks, testStacks } from './docker-stacks.ts';
import { temporaryFolder } from './temp.ts';

/** Who acts on a project. */
export type Hand = 'ours' | 'theirs';
export type Verb = 'up' | 'stop' | 'start' | 'restart' | 'down';
export interface Action {
  readonly by: Hand;
  readonly verb: Verb;
}

/** One container as the engine tells, without what changes by itself. */
export interface Seen {
  readonly id: string;
  readonly running: boolean;
  readonly startedAt: string;
  readonly exitCode: number;
}

export interface Picture {
  /** By service and number (`web-2`); those of `compose run` are apart. */
  readonly containers: Readonly<Record<string, Seen>>;
  readonly oneOffs: readonly string[];
  /** Id by name. */
  readonly networks: Readonly<Record<string, string>>;
  /** How it was made, by name. Those we make name the operation that did. */
  readonly volumes: Readonly<Record<string, string>>;
}

/** A project that both act on. */
export interface Beside {
  readonly stacks: TestStacks;
  readonly projectName: string;
  readonly folder: string;
  write(name: string, text: string): Promise<void>;
  /** Replaces text in compose.yaml. Fails when it is not there. */
  edit(from: string, to: string): Promise<void>;
  /** `docker compose`, its input closed. Fails on a bad exit and on every remark that says a resource is not its own. */
  theirs(...args: string[]): Promise<string>;
  act(action: Action): Promise<void>;
  look(): Promise<Picture>;
  inside(container: string, ...command: string[]): Promise<string>;
  remove(): Promise<void>;
}

const docker = connectDocker();

/** What docker compose says of resources that it takes for somebody else's, or would make anew. */
const strange =
  /was not created|was created for|incorrect label|doesn't match|data will be lost|Recreate \(|level=warning/i;

export async function besideProject(options: {
  readonly text: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly placement?: VolumePlacement;
  /** Remarks of docker compose that this project calls for. */
  readonly expected?: RegExp;
}): Promise<Beside> {
  const parent = await temporaryFolder();
  const projectName = uniqueProjectName('beside');
  const folder = join(parent.path, projectName);
  await mkdir(folder);
  const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
  for (const [name, text] of Object.entries(options.files ?? {})) await write(name, text);
  await write('compose.yaml', options.text);
  const stacks = testStacks({
    folder,
    environment: { ...options.environment },
    ...(options.placement === undefined ? {} : { placement: options.placement }),
  });
  const label = `com.docker.compose.project=${projectName}`;

  async function theirs(...args: string[]): Promise<string> {
    const result = await compose(args, { folder, environment: options.environment ?? {} });
    const said = `${result.stdout}${result.stderr}`;
    const odd = said
      .split('\n')
      .filter((line) => strange.test(line) && options.expected?.test(line) !== true)
      .join('\n');
    expect({ args, exitCode: result.exitCode, odd }, said).toEqual({ args, exitCode: 0, odd: '' });
    return result.stdout;
  }

  async function look(): Promise<Picture> {
    const found = await listByLabel(docker, label);
    const inspected = await Promise.all(found.containers.map((id) => docker.getContainer(id).inspect()));
    const isOneOff = (each: (typeof inspected)[number]): boolean =>
      each.Config.Labels['com.docker.compose.oneoff'] === 'True';
    const networks = await Promise.all(found.networks.map((id) => docker.getNetwork(id).inspect()));
    const volumes = await Promise.all(found.volumes.map((name) => docker.getVolume(name).inspect()));
    return {
      containers: Object.fromEntries(
        inspected
          .filter((each) => !isOneOff(each))
          .map((each) => [
            keyOf(each.Config.Labels),
            {
              id: each.Id,
              running: each.State.Running,
              startedAt: each.State.StartedAt,
              exitCode: each.State.ExitCode,
            },
          ]),
      ),
      oneOffs: inspected.filter(isOneOff).map((each) => each.Id),
      networks: Object.fromEntries(networks.map((each) => [each.Name, each.Id])),
      volumes: Object.fromEntries(
        volumes.map((each) => [each.Name, JSON.stringify([each.Driver, each.Options, each.Labels])]),
      ),
    };
  }

  return {
    stacks,
    projectName,
    folder,
    write,
    edit: async (from, to) => {
      const path = join(folder, 'compose.yaml');
      const text = await readFile(path, 'utf8');
      expect(text).toContain(from);
      await writeFile(path, text.replaceAll(from, to));
    },
    theirs,
    async act({ by, verb }) {
      if (by === 'theirs') await theirs(verb, ...(verb === 'up' ? ['--detach'] : []));
      else if (verb === 'start') throw new Error('there is no start without comparing: that is up');
      else await runWell(stacks, verb);
    },
    look,
    async inside(container, ...command) {
      const id = (await look()).containers[container]?.id ?? '';
      const result = await stacks.client.exec(id, { command }, { signal: AbortSignal.timeout(20_000) });
      expect(result.exitCode, result.stderr).toBe(0);
      return result.stdout.trim();
    },
    async remove() {
      await removeProject(docker, projectName);
      stacks.client.close();
      await parent.remove();
    },
  };
}

function keyOf(labels: Readonly<Record<string, string>>): string {
  return `${labels['com.docker.compose.service']}-${labels['com.docker.compose.container-number']}`;
}

/** What both say is there must be the same, and what the engine says. */
export async function expectAgreement(project: Beside, picture: Picture): Promise<void> {
  const theirs = (await project.theirs('ps', '--all', '--no-trunc', '--format', 'json'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { ID: string; Service: string; State: string })
    .filter((each) => !picture.oneOffs.includes(each.ID));
  const target = await project.stacks.target();
  const ours = await project.stacks.stacks.runtime.containers(target, AbortSignal.timeout(20_000));
  const sorted = (list: readonly { id: string; service: string; state: string }[]): unknown =>
    [...list].sort((a, b) => (a.id < b.id ? -1 : 1));
  expect(sorted(theirs.map((each) => ({ id: each.ID, service: each.Service, state: each.State })))).toEqual(
    sorted(ours.map(({ id, service, state }) => ({ id, service, state }))),
  );
  expect(theirs.map((each) => each.ID).sort()).toEqual(
    Object.values(picture.containers)
      .map((each) => each.id)
      .sort(),
  );
}

/**
 * A round through a graph in which every step is a pair of actions by different hands, each pair once: it crosses all
 * of them in as few actions as there are pairs.
 */
export function crossingWalk(ours: readonly Verb[], theirs: readonly Verb[]): Action[] {
  const nodes: Action[] = [
    ...ours.map((verb): Action => ({ by: 'ours', verb })),
    ...theirs.map((verb): Action => ({ by: 'theirs', verb })),
  ];
  const left = new Map(nodes.map((node) => [node, nodes.filter((other) => other.by !== node.by)]));
  const walk: Action[] = [];
  const stack: Action[] = nodes.slice(0, 1);
  // Hierholzer: follow unused edges until stuck, then go back.
  while (stack.length > 0) {
    const here = stack.at(-1)!;
    const next = left.get(here)?.shift();
    if (next === undefined) walk.push(stack.pop()!);
    else stack.push(next);
  }
  return walk.reverse();
}
