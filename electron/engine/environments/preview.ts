import type { Change, Plan, StackPreview } from '../../../shared/contract/environments.ts';
import type { ComposeService } from '../../../shared/domain/compose-model.ts';
import { slug } from '../../../shared/domain/names.ts';
import { AppError } from '../../../shared/errors.ts';
import { type EnvironmentTarget, labels } from '../providers/provider.ts';
import { problemsOf } from './entry.ts';
import type { Environments } from './service.ts';
import type { LoadedStack, StackFolder } from './stack-loader.ts';
import { toTarget } from './target.ts';

export interface PreviewDeps {
  readonly environments: Environments;
  readonly plan: (target: EnvironmentTarget, action: 'up', signal: AbortSignal) => Promise<Plan>;
  /** Volumes that are there already, outside the store. */
  readonly plainVolumes: (target: EnvironmentTarget, signal: AbortSignal) => Promise<Change[]>;
}

/** What a folder would become if it were added. Without an engine only the comparison with it is missing. */
export async function previewStack(
  deps: PreviewDeps,
  source: StackFolder,
  loaded: LoadedStack,
  signal: AbortSignal,
): Promise<StackPreview> {
  const { environments } = deps;
  const projectName = loaded.project.name;
  const stackName = stackNameFor(environments, loaded);
  const target = toTarget({ id: `${stackName}/main`, stackName, name: 'main', folder: source.folder }, loaded);
  const problems: StackPreview['problems'] = [...loaded.warnings];
  const clash = clashOf(environments, source.folder, stackName, projectName);
  if (clash !== undefined)
    problems.push({ severity: 'error', code: clash.code, message: clash.message, remedy: clash.remedy });
  let creates: Change[] = [];
  let keeps: Change[] = [];
  try {
    const plan = await deps.plan(target, 'up', signal);
    creates = plan.changes;
    problems.push(...plan.problems);
    keeps = await deps.plainVolumes(target, signal);
  } catch (error) {
    // Without an engine the files can still be looked at and added; only the comparison is missing.
    problems.push(...problemsOf(error).map((problem) => ({ ...problem, severity: 'warning' as const })));
  }
  return {
    folder: source.folder,
    stackName,
    projectName,
    class: loaded.class,
    files: [...loaded.files],
    goldenFile: loaded.goldenFile,
    services: Object.entries(loaded.project.services).map(([name, service]) => previewService(name, service, loaded)),
    creates,
    adopts: environments.containers(projectName).some(({ labels: own }) => own[labels.environment] === undefined),
    keeps,
    loading: source.loading,
    risks: [...loaded.risks],
    problems,
  };
}

/** For files that cannot be read: what is known without them. */
export function emptyPreview(source: StackFolder, files: readonly string[]): StackPreview {
  return {
    folder: source.folder,
    stackName: '',
    projectName: source.loading.projectName ?? '',
    class: 'development',
    files: [...files],
    goldenFile: null,
    services: [],
    creates: [],
    adopts: false,
    keeps: [],
    loading: source.loading,
    risks: [],
    problems: [],
  };
}

/** The name that the files give; when a stack has it already, that of the project, which no other may share. */
export function stackNameFor(environments: Environments, loaded: LoadedStack): string {
  const projectName = loaded.project.name;
  const wished = slug(loaded.stackName) || projectName;
  const taken = environments.rows().some((row) => row.stackName === wished);
  return taken ? slug(projectName) || projectName : wished;
}

export function clashOf(
  environments: Environments,
  folder: string,
  stackName: string,
  projectName: string,
): AppError | undefined {
  for (const row of environments.rows()) {
    const sameProject = environments.projectName(row.id) === projectName;
    if (row.folder === folder && sameProject) {
      return new AppError({
        code: 'stack.already-added',
        message: `${folder} is already here as ${row.id}.`,
        remedy: 'Open it on the Stacks page.',
        details: { environmentId: row.id },
      });
    }
    if (row.stackName === stackName || sameProject) {
      return new AppError({
        code: 'stack.already-added',
        message: `${row.folder} already uses the name ${row.stackName}.`,
        remedy: 'Give one of the two another name: `name:` at the top of its Compose file.',
        details: { environmentId: row.id },
      });
    }
  }
  return undefined;
}

function previewService(name: string, service: ComposeService, loaded: LoadedStack): StackPreview['services'][number] {
  return {
    name,
    image: service.image ?? null,
    build: service.build?.context ?? null,
    ports: (service.ports ?? []).map(
      (port) =>
        `${port.published === undefined ? '' : `${port.published}:`}${port.target}${port.protocol === undefined || port.protocol === 'tcp' ? '' : `/${port.protocol}`}`,
    ),
    volumes: (service.volumes ?? []).map((mount) => `${mount.source ?? mount.type}:${mount.target}`),
    dependsOn: Object.keys(service.depends_on ?? {}),
    position: loaded.positionOf(['services', name]),
  };
}
