import { join } from 'node:path';
import type { Change, Plan, StackPreview } from '../../../shared/contract/environments.ts';
import type { ComposeProject, ComposeService } from '../../../shared/domain/compose-model.ts';
import { slug } from '../../../shared/domain/names.ts';
import { AppError } from '../../../shared/errors.ts';
import type { EngineApi } from '../api.ts';
import type { Clock } from '../platform/clock.ts';
import type { Files } from '../platform/files.ts';
import type { ContainerInfo, EnvironmentTarget } from '../providers/provider.ts';
import { composeFilesIn, realFolder } from '../system/folders.ts';
import { positionsOf } from './positions.ts';
import { type Environments, problemsOf } from './service.ts';
import type { LoadedStack, LoadStack } from './stack-loader.ts';
import { toTarget } from './target.ts';

export interface StacksDeps {
  readonly environments: Environments;
  readonly loadStack: LoadStack;
  readonly files: Files;
  readonly clock: Clock;
  /** Operations queued or under way. */
  readonly busy: () => readonly { readonly title: string; readonly environmentId: string | null }[];
  readonly plan: (target: EnvironmentTarget, action: 'up', signal: AbortSignal) => Promise<Plan>;
  readonly print: (project: ComposeProject, format: 'yaml' | 'json') => string;
}

/** Finding, previewing and adding stacks. */
export function createStacks(deps: StacksDeps): EngineApi['stacks'] {
  const { environments, files } = deps;
  const added = (folder: string): boolean => environments.rows().some((row) => row.folder === folder);

  return {
    async scan({ folder }) {
      const root = await realFolder(folder, files);
      const below = (await files.list(root)).filter(
        (entry) => entry.kind === 'folder' && !entry.name.startsWith('.') && entry.name !== 'node_modules',
      );
      const places = [root, ...below.slice(0, 200).map((entry) => join(root, entry.name))];
      const found = await Promise.all(
        places.map(async (place) => ({
          folder: place,
          files: await composeFilesIn(place, files).catch(() => []),
          added: added(place),
        })),
      );
      return found.filter((each) => each.files.length > 0);
    },

    async preview({ folder }, { signal }) {
      const root = await realFolder(folder, files);
      let loaded: LoadedStack;
      try {
        loaded = await deps.loadStack(root, signal);
      } catch (error) {
        return { ...emptyPreview(root, await composeFilesIn(root, files)), problems: problemsOf(error) };
      }
      const stackName = nameOf(loaded);
      const target = toTarget({ id: `${stackName}/main`, stackName, name: 'main', folder: root }, loaded);
      const problems: StackPreview['problems'] = [...loaded.warnings];
      const clash = clashOf(environments, root, stackName, loaded.project.name);
      if (clash !== undefined)
        problems.push({ severity: 'error', code: clash.code, message: clash.message, remedy: clash.remedy });
      let creates: Change[] = [];
      try {
        const plan = await deps.plan(target, 'up', signal);
        creates = plan.changes;
        problems.push(...plan.problems);
      } catch (error) {
        // Without an engine the files can still be looked at and added; only the comparison is missing.
        problems.push(...problemsOf(error).map((problem) => ({ ...problem, severity: 'warning' as const })));
      }
      return {
        folder: root,
        stackName,
        projectName: loaded.project.name,
        class: loaded.class,
        files: [...loaded.files],
        goldenFile: loaded.goldenFile,
        services: Object.entries(loaded.project.services).map(([name, service]) =>
          previewService(name, service, loaded),
        ),
        creates,
        adopts: environments
          .containers(loaded.project.name)
          .some((container: ContainerInfo) => container.labels['io.goldenhour.environment'] === undefined),
        risks: [...loaded.risks],
        problems,
      };
    },

    async add({ folder }, { signal }) {
      const root = await realFolder(folder, files);
      const loaded = await deps.loadStack(root, signal);
      const stackName = nameOf(loaded);
      const clash = clashOf(environments, root, stackName, loaded.project.name);
      if (clash !== undefined) throw clash;
      const id = `${stackName}/main`;
      await environments.add(
        { id, stackName, name: 'main', folder: root, addedAt: deps.clock.now().toISOString() },
        signal,
      );
      return { environmentId: id };
    },

    async forget({ environmentId }) {
      // What is under way could no longer find the files it has to finish, or to undo itself, with.
      const under = deps.busy().find((each) => each.environmentId === environmentId);
      if (under !== undefined) {
        throw new AppError({
          code: 'guard.refused',
          message: `"${under.title}" is under way.`,
          remedy: 'Let it end, or cancel it, and then take the stack off the list.',
        });
      }
      environments.forget(environmentId);
      return {};
    },

    async config({ environmentId, format, service }, { signal }) {
      const loaded = await environments.load(environmentId, signal);
      const only = service === undefined ? undefined : loaded.project.services[service];
      if (service !== undefined && only === undefined) {
        throw new AppError({
          code: 'input.not-found',
          message: `${environmentId} has no service ${service}.`,
          remedy: `Choose one of: ${Object.keys(loaded.project.services).join(', ')}.`,
        });
      }
      const shown: ComposeProject =
        service === undefined || only === undefined
          ? loaded.project
          : { name: loaded.project.name, services: { [service]: only } };
      return {
        text: deps.print(shown, format),
        files: [...loaded.files],
        positions: positionsOf(shown, loaded.positionOf),
      };
    },
  };
}

function nameOf(loaded: LoadedStack): string {
  return slug(loaded.stackName) || loaded.project.name;
}

function clashOf(
  environments: Environments,
  folder: string,
  stackName: string,
  projectName: string,
): AppError | undefined {
  for (const row of environments.rows()) {
    if (row.folder === folder) {
      return new AppError({
        code: 'stack.already-added',
        message: `${folder} is already here as ${row.id}.`,
        remedy: 'Open it on the Stacks page.',
        details: { environmentId: row.id },
      });
    }
    if (row.stackName === stackName || environments.projectName(row.id) === projectName) {
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

function emptyPreview(folder: string, files: string[]): StackPreview {
  return {
    folder,
    stackName: '',
    projectName: '',
    class: 'development',
    files,
    goldenFile: null,
    services: [],
    creates: [],
    adopts: false,
    risks: [],
    problems: [],
  };
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
