import type { Loading } from '../../../shared/contract/compose-projects.ts';
import type { ComposeTrace } from './compose-trace.ts';
import type { SurveyStack } from './stack-loader.ts';

/**
 * What has to be said to read a project again as it was started: only what Compose would not find by itself, so that
 * a file or a profile that is added to the folder later counts as it does for Compose.
 */
export async function loadingOf(
  trace: ComposeTrace,
  folder: string,
  survey: SurveyStack,
  signal: AbortSignal,
): Promise<Loading> {
  const look = (loading: Loading): ReturnType<SurveyStack> => survey({ folder, loading }, signal);
  const envFiles = trace.envFiles.length === 0 ? {} : { envFiles: [...trace.envFiles] };
  const plain = await look(envFiles).catch(() => undefined);
  const files = trace.files.length === 0 || same(plain?.files ?? [], trace.files) ? {} : { files: [...trace.files] };
  const found = Object.keys(files).length === 0 ? plain : await look({ ...files, ...envFiles }).catch(() => undefined);
  const named = found?.name === trace.projectName ? {} : { projectName: trace.projectName };
  const profiles = found === undefined ? [] : profilesInUse(found.services, trace.services);
  return { ...files, ...envFiles, ...(profiles.length === 0 ? {} : { profiles }), ...named };
}

type Services = ReadonlyMap<string, { readonly profiles: readonly string[]; readonly enabled: boolean }>;

/**
 * The fewest profiles that enable every service that has a container. Of those that would do, the ones whose other
 * services are there too go first. Empty: what is enabled anyway is enough.
 */
export function profilesInUse(services: Services, present: readonly string[]): string[] {
  const there = new Set(present.filter((name) => services.has(name)));
  if ([...there].every((name) => services.get(name)?.enabled === true)) return [];
  const wanted = new Set([...there].filter((name) => (services.get(name)?.profiles.length ?? 0) > 0));
  const members = new Map<string, string[]>();
  for (const [name, { profiles }] of services) {
    for (const profile of profiles) members.set(profile, [...(members.get(profile) ?? []), name]);
  }
  const chosen: string[] = [];
  while (wanted.size > 0) {
    const [best] = [...members]
      .map(([profile, names]) => ({
        profile,
        names,
        gained: names.filter((name) => wanted.has(name)).length,
        absent: names.filter((name) => !there.has(name)).length,
      }))
      .filter(({ gained }) => gained > 0)
      .sort((a, b) => a.absent - b.absent || b.gained - a.gained || (a.profile < b.profile ? -1 : 1));
    if (best === undefined) break;
    chosen.push(best.profile);
    for (const name of best.names) wanted.delete(name);
  }
  return chosen.sort();
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((path, index) => path === b[index]);
}
