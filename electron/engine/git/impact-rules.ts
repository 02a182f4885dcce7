import { isAbsolute, join } from 'node:path';
import type { Impact } from '../../../shared/contract/git.ts';
import type { ComposeProject, ComposeService } from '../../../shared/domain/compose-model.ts';
import type { Domains } from '../../../shared/domain/routine-file.ts';
import { below, pathMatcher } from './path-patterns.ts';

export interface ChangedFile {
  readonly repository: string;
  /** Relative to the repository's top. */
  readonly path: string;
  readonly absolute: string;
  readonly from: 'working-tree' | 'branch' | 'both';
}

export interface ImpactInput {
  readonly base: string | null;
  readonly files: readonly ChangedFile[];
  /** The folder of golden.yml. Absolute, resolved. */
  readonly folder: string;
  /** The same as the paths of the project have it, links and all. */
  readonly namedFolder: string;
  readonly domains: Domains;
  readonly project: ComposeProject;
  readonly running: ReadonlySet<string>;
}

const maxFiles = 5000;

/** Which services and tests changed files concern, and why. */
export function impactOf({ base, files, folder, namedFolder, domains, project, running }: ImpactInput): Impact {
  const claimed = new Set<ChangedFile>();
  const why = new Map<string, Set<string>>();
  const because = (service: string, reason: string): void => {
    why.set(service, (why.get(service) ?? new Set()).add(reason));
  };
  const concerned = Object.entries(domains).flatMap(([name, domain]) => {
    const matches = pathMatcher(domain.paths, folder);
    const own = files.filter((file) => matches(file.absolute));
    if (own.length === 0) return [];
    for (const file of own) claimed.add(file);
    for (const service of domain.services ?? []) because(service, name);
    return [{ name, files: own.length, services: domain.services ?? [], tests: domain.tests ?? [] }];
  });
  for (const [name, service] of Object.entries(project.services)) {
    for (const { what, path: named } of sourcesOf(service, project)) {
      const inside = below(namedFolder, named);
      const path = inside === undefined ? named : join(folder, inside);
      const own = files.filter((file) => below(path, file.absolute) !== undefined);
      if (own.length === 0) continue;
      for (const file of own) claimed.add(file);
      because(name, `${what} ${path === folder ? '.' : (below(folder, path) ?? path)}`);
    }
  }
  const services = [...why].map(([name, reasons]) => ({
    name,
    why: [...reasons].join(', '),
    running: running.has(name),
  }));
  return {
    base,
    files: files.slice(0, maxFiles).map(({ repository, path, from }) => ({ repository, path, from })),
    moreFiles: Math.max(files.length - maxFiles, 0),
    domains: concerned,
    services: services.sort((a, b) => a.name.localeCompare(b.name)),
    dependants: dependantsOf(project, new Set(why.keys())),
    tests: [...new Set(concerned.flatMap(({ tests }) => tests))],
    unclaimed: files.length - claimed.size,
  };
}

interface Source {
  readonly what: string;
  readonly path: string;
}

/** Folders and files of this machine that a service is built from or sees. */
function sourcesOf(service: ComposeService, project: ComposeProject): Source[] {
  const found: Source[] = [];
  const add = (what: string, path: string | undefined): void => {
    // The others are addresses, and images of a stage.
    if (path !== undefined && isAbsolute(path)) found.push({ what, path });
  };
  const { build } = service;
  if (build !== undefined) {
    add('built from', build.context);
    for (const each of Object.values(build.additional_contexts ?? {})) add('built from', each);
  }
  for (const mount of service.volumes ?? []) if (mount.type === 'bind') add('mounts', mount.source);
  for (const { source } of service.configs ?? []) add('config', project.configs?.[source]?.file);
  for (const { source } of service.secrets ?? []) add('secret', project.secrets?.[source]?.file);
  return found;
}

/** Services that wait for one of these, directly or not, and are none of them. */
function dependantsOf(project: ComposeProject, affected: ReadonlySet<string>): string[] {
  const reached = new Set(affected);
  for (let grew = true; grew; ) {
    grew = false;
    for (const [name, { depends_on: needs }] of Object.entries(project.services)) {
      if (reached.has(name) || !Object.keys(needs ?? {}).some((each) => reached.has(each))) continue;
      reached.add(name);
      grew = true;
    }
  }
  return [...reached].filter((name) => !affected.has(name)).sort();
}
