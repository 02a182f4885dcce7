import type { Plan, planActions, Risk } from '../../../../shared/contract/environments.ts';
import type { Problem } from '../../../../shared/domain/problem.ts';
import { AppError, type ErrorCode, errorCodes } from '../../../../shared/errors.ts';
import type { Files } from '../../platform/files.ts';
import type { EnvironmentTarget, VolumePlacement } from '../provider.ts';
import type { CurrentDocker } from './client.ts';
import { selectServices, selectWithDependencies, withContextServices } from './order.ts';
import type { FilesChanged } from './plan-decide.ts';
import { planDown, planRestart, planStop, volumesInUse } from './plan-end.ts';
import { planHash } from './plan-hash.ts';
import { type EngineState, readState } from './plan-state.ts';
import { planUp, type UpPlan } from './plan-up.ts';
import { takenPorts } from './ports.ts';
import type { PortHolders } from './ports-holders.ts';
import { fingerprint, readCopiedFiles, serviceFiles } from './secrets.ts';

export type PlanAction = (typeof planActions)[number];

export interface PlanDeps {
  readonly docker: CurrentDocker;
  readonly placement: Pick<VolumePlacement, 'sizes'>;
  readonly files: Files;
  readonly portHolders: PortHolders;
  /** What reaches beyond the stack, as the loader found it. */
  readonly risks: (target: EnvironmentTarget) => readonly Risk[];
  /** The variables a stack sees: its `.env` files over the process's own. */
  readonly variables: (target: EnvironmentTarget, signal: AbortSignal) => Promise<Readonly<Record<string, string>>>;
}

export interface PlanOptions {
  readonly services?: readonly string[] | undefined;
  /** For `remove`: the data goes too. */
  readonly volumes?: boolean | undefined;
  /** For `down`: containers of services that left the files go too. */
  readonly removeOrphans?: boolean | undefined;
}

/** A plan with what it was made from, for carrying it out. */
export interface PlannedUp extends UpPlan {
  readonly order: readonly string[];
  readonly state: EngineState;
}

/** What an action would do and cost, and what stops it. Changes nothing. */
export async function planEnvironment(
  deps: PlanDeps,
  target: EnvironmentTarget,
  action: PlanAction,
  options: PlanOptions,
  signal: AbortSignal,
): Promise<Plan> {
  if (action === 'up') {
    const { changes, problems } = await planUpChecked(deps, target, options.services, signal);
    return finish(deps, target, action, { changes, problems });
  }
  const client = deps.docker();
  if (options.services !== undefined) selectServices(target.project, options.services);
  const state = await readState(client, target, [], signal);
  if (action === 'stop') return finish(deps, target, action, { changes: planStop(state, options.services) });
  if (action === 'restart') return finish(deps, target, action, { changes: planRestart(state, options.services) });
  const removeVolumes = action === 'remove' && options.volumes === true;
  const sizes = await deps.placement.sizes(target, signal);
  return finish(deps, target, action, {
    changes: planDown(
      target,
      state,
      { everything: action === 'remove', removeOrphans: options.removeOrphans === true, removeVolumes },
      sizes,
    ),
    problems: removeVolumes ? volumesInUse(target, state) : [],
  });
}

/** The `up` plan with everything that can be found out before anything is touched: ports, files, images, names. */
export async function planUpChecked(
  deps: PlanDeps,
  target: EnvironmentTarget,
  services: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<PlannedUp> {
  const planned = await decideUp(deps, target, services, signal);
  const ports = await takenPorts({
    target,
    serviceNames: planned.order,
    everything: planned.state.everything,
    local: planned.state.local,
    holders: deps.portHolders,
    signal,
  });
  const files = await missingFiles(deps, target, planned);
  return {
    ...planned,
    problems: [...planned.problems, ...ports, ...files],
  };
}

/** What differs now. Cheaper than the checked plan; enough for a step that was planned before. */
export async function decideUp(
  deps: PlanDeps,
  target: EnvironmentTarget,
  services: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<PlannedUp> {
  const client = deps.docker();
  const order = selectWithDependencies(target.project, services);
  const state = await readState(client, target, withContextServices(target.project, order), signal);
  const { changed, problems } = await compareFiles(deps, target, order, state, signal);
  const plan = planUp(target, order, state, changed);
  return { ...plan, problems: [...plan.problems, ...problems], order, state };
}

async function compareFiles(
  deps: PlanDeps,
  target: EnvironmentTarget,
  order: readonly string[],
  state: EngineState,
  signal: AbortSignal,
): Promise<{ readonly changed: FilesChanged; readonly problems: readonly Problem[] }> {
  const contents = new Map<string, Awaited<ReturnType<typeof readCopiedFiles>>>();
  const problems: Problem[] = [];
  for (const name of order) {
    try {
      contents.set(name, await serviceContents(deps, target, name, state.local, signal));
    } catch (error) {
      if (!(error instanceof AppError) || signal.aborted) throw error;
      problems.push({ severity: 'error', ...pick(error), path: `services.${name}` });
    }
  }
  return {
    changed: (name, label) => {
      const files = contents.get(name);
      // Without a label it is not ours, or has no such files; what it holds cannot be told.
      return files !== undefined && label !== undefined && fingerprint(files, label) !== label;
    },
    problems,
  };
}

function pick(error: AppError): Pick<Problem, 'code' | 'message' | 'remedy'> {
  return { code: error.code, message: error.message, remedy: error.remedy };
}

/** The contents of the secrets and configs that are copied into a service's containers. */
export async function serviceContents(
  deps: Pick<PlanDeps, 'files' | 'variables'>,
  target: EnvironmentTarget,
  serviceName: string,
  local: boolean,
  signal: AbortSignal,
  credentials?: () => Promise<string>,
): ReturnType<typeof readCopiedFiles> {
  const service = target.project.services[serviceName];
  if (service === undefined) return new Map();
  const { copied } = serviceFiles(target.project, serviceName, service, local);
  if (copied.length === 0) return new Map();
  const variables = await deps.variables(target, signal);
  return readCopiedFiles(serviceName, copied, {
    readBytes: (path) => deps.files.readBytes(path, signal),
    variable: (name) => variables[name],
    ...(credentials === undefined ? {} : { credentials }),
  });
}

/** Files and folders of this machine that a local engine would look for in vain. */
async function missingFiles(deps: PlanDeps, target: EnvironmentTarget, planned: PlannedUp): Promise<Problem[]> {
  if (!planned.state.local) return [];
  const problems: Problem[] = [];
  for (const name of planned.order) {
    const service = target.project.services[name];
    const decisions = planned.decisions.get(name) ?? [];
    if (service === undefined || decisions.every((decision) => decision.kind === 'keep')) continue;
    const paths = [
      ...(service.volumes ?? []).flatMap((mount) =>
        mount.type === 'bind' && mount.bind !== undefined && !mount.bind.create_host_path && mount.source !== undefined
          ? [mount.source]
          : [],
      ),
      ...filesBound(target, name, planned.state.local),
    ];
    for (const path of paths) {
      // A folder we may not look into may still be fine for the engine.
      const there = await deps.files.info(path).catch(() => true);
      if (there !== undefined) continue;
      problems.push({
        severity: 'error',
        code: 'compose.file-missing',
        message: `${path}, which ${name} mounts, does not exist.`,
        remedy: 'Create it, or correct the path.',
        path: `services.${name}`,
      });
    }
  }
  return problems;
}

function filesBound(target: EnvironmentTarget, name: string, local: boolean): readonly string[] {
  const service = target.project.services[name];
  if (service === undefined) return [];
  try {
    return serviceFiles(target.project, name, service, local).bound.map((file) => file.source);
  } catch {
    // Reported with the copied files already.
    return [];
  }
}

function finish(
  deps: PlanDeps,
  target: EnvironmentTarget,
  action: PlanAction,
  found: { readonly changes: readonly Plan['changes'][number][]; readonly problems?: readonly Problem[] },
): Plan {
  const problems = [...(found.problems ?? [])];
  const risks = action === 'up' ? [...deps.risks(target)] : [];
  const hash = planHash({ target, action, changes: found.changes, problems, risks });
  return { environmentId: target.id, action, changes: [...found.changes], problems, risks, hash };
}

/** Turns what stops a plan into the one error of an operation. Warnings stop nothing. */
export function assertPossible(problems: readonly Problem[]): void {
  const errors = problems.filter((problem) => problem.severity === 'error');
  const [first] = errors;
  if (first === undefined) return;
  const more = errors.length === 1 ? '' : ` (and ${errors.length - 1} more)`;
  throw new AppError({
    code: errorCode(first.code),
    message: `${first.message}${more}`,
    remedy: first.remedy,
    details: { problems: errors },
  });
}

function errorCode(code: string): ErrorCode {
  return errorCodes.find((known) => known === code) ?? 'internal';
}

/** Refuses to carry out a plan that is no longer what was shown. */
export function assertFresh(shown: string | undefined, fresh: Plan): void {
  if (shown === undefined || shown === fresh.hash) return;
  throw new AppError({
    code: 'plan.stale',
    message: 'Something changed since this plan was shown.',
    remedy: 'Look at the new plan and confirm it again.',
    details: { plan: fresh },
  });
}
