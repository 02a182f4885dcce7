import { join } from 'node:path';
import type { StackSource } from '../../../shared/contract/compose-projects.ts';
import type { ComposeProject, ComposeService } from '../../../shared/domain/compose-model.ts';
import { AppError } from '../../../shared/errors.ts';
import type { EngineApi } from '../api.ts';
import type { Clock } from '../platform/clock.ts';
import type { Files } from '../platform/files.ts';
import { composeFilesIn, realFolder } from '../system/folders.ts';
import { problemsOf } from './entry.ts';
import { explain } from './explain.ts';
import { loadingOf } from './loading.ts';
import { withoutSecrets } from './masking.ts';
import { positionsOf } from './positions.ts';
import { clashOf, emptyPreview, type PreviewDeps, previewStack, stackNameFor } from './preview.ts';
import type { LoadedStack, LoadStack, StackFolder, SurveyStack } from './stack-loader.ts';

export interface StacksDeps extends PreviewDeps {
  readonly loadStack: LoadStack;
  readonly surveyStack: SurveyStack;
  readonly files: Files;
  readonly clock: Clock;
  /** Operations queued or under way. */
  readonly busy: () => readonly { readonly title: string; readonly environmentId: string | null }[];
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

    async preview(input, { signal }) {
      const source = await sourceOf(input, signal);
      let loaded: LoadedStack;
      try {
        loaded = await deps.loadStack(source, signal);
      } catch (error) {
        const found = source.loading.files ?? (await composeFilesIn(source.folder, files));
        return { ...emptyPreview(source, found), problems: problemsOf(error) };
      }
      return previewStack(deps, source, loaded, signal);
    },

    async add({ environment, ...input }, { signal }) {
      const source = await sourceOf(input, signal);
      const loaded = await deps.loadStack({ ...source, environment }, signal);
      const stackName = stackNameFor(environments, loaded);
      const clash = clashOf(environments, source.folder, stackName, loaded.project.name);
      if (clash !== undefined) throw clash;
      const id = `${stackName}/main`;
      const addedAt = deps.clock.now().toISOString();
      await environments.add(
        { id, stackName, name: 'main', addedAt, ...source },
        signal,
        environment && { environment },
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
      const only = service === undefined ? undefined : serviceOf(loaded, service);
      const shown = withoutSecrets(
        loaded,
        service === undefined || only === undefined
          ? loaded.project
          : { name: loaded.project.name, services: { [service]: only } },
      );
      return {
        text: deps.print(shown, format),
        files: [...loaded.files],
        positions: positionsOf(shown, loaded.positionOf),
      };
    },

    async explain({ of, service }, { signal }) {
      const added = 'environmentId' in of;
      const source = added ? environments.row(of.environmentId) : await sourceOf(of, signal);
      const loaded = added
        ? await environments.load(of.environmentId, signal)
        : await deps.loadStack(source as StackFolder, signal);
      if (service !== undefined) serviceOf(loaded, service);
      return explain(loaded, source.folder, service);
    },
  };

  /** A folder with what has to be said to read it: as it was asked for, and as the project on the engine tells. */
  async function sourceOf(input: StackSource, signal: AbortSignal): Promise<StackFolder> {
    if (input.project === undefined) {
      return { folder: await realFolder(input.folder, files), loading: input.loading ?? {} };
    }
    const trace = environments.trace(input.project);
    // Links in its path stay as they are: Compose counts the path in when it tells whether a container is up to date.
    const folder = trace.folder ?? input.folder;
    await realFolder(folder, files);
    return { folder, loading: { ...(await loadingOf(trace, folder, deps.surveyStack, signal)), ...input.loading } };
  }
}

function serviceOf(loaded: LoadedStack, service: string): ComposeService {
  const found = loaded.project.services[service];
  if (found !== undefined) return found;
  throw new AppError({
    code: 'input.not-found',
    message: `${loaded.project.name} has no service ${service}.`,
    remedy: `Choose one of: ${Object.keys(loaded.project.services).join(', ')}.`,
  });
}
