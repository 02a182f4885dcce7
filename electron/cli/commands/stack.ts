import type { EnvironmentView, Plan } from '../../../shared/contract/environments.ts';
import { formatPosition } from '../../../shared/domain/position-text.ts';
import { AppError } from '../../../shared/errors.ts';
import { type CommandContext, environmentOf, invocationOf, withEngine } from '../context.ts';
import { settled } from '../first-look.ts';
import { followOperation } from '../follow-operation.ts';
import { bytes, exitCodes, problemText, table, writeJson } from '../output.ts';

type Verb = 'up' | 'stop' | 'restart' | 'pull';

export async function runPlan(context: CommandContext, services: readonly string[]): Promise<number> {
  return withEngine(context, async (client) => {
    const environmentId = await environmentOf(client, context, true);
    const plan = await client.environments.plan({
      environmentId,
      action: 'up',
      ...invocationOf(context),
      ...(services.length === 0 ? {} : { services: [...services] }),
    });
    if (context.terminal.json) writeJson(context.terminal, plan);
    else context.terminal.stdout.write(planText(plan));
    return plan.problems.some((problem) => problem.severity === 'error') ? exitCodes.failed : exitCodes.done;
  });
}

function planText(plan: Plan): string {
  const changes = plan.changes.filter((change) => change.action !== 'none');
  const rows = changes.map((change) => [
    change.action,
    change.resource,
    change.name,
    change.cost === 'none' ? '' : `costs ${change.cost}`,
    change.reason,
  ]);
  const risks = plan.risks.map(
    (risk) =>
      `reaches the host: ${risk.message}${risk.position === undefined ? '' : ` (${formatPosition(risk.position)})`}\n`,
  );
  const keeps = (plan.keeps ?? []).map((volume) => `stays where it is: ${volume.name}: ${volume.reason}\n`);
  const problems = plan.problems.map((problem) => `${problemText(problem)}\n`);
  const done = changes.length === 0 ? 'Nothing to do: what runs is what the files say.\n' : table(rows);
  return [done, ...keeps, ...risks, ...problems].join('');
}

export async function runVerb(context: CommandContext, verb: Verb, services: readonly string[]): Promise<undefined> {
  return withEngine(context, async (client) => {
    const environmentId = await environmentOf(client, context, verb === 'up' || verb === 'pull');
    const some = services.length === 0 ? {} : { services: [...services] };
    const { operationId } = await client.environments[verb]({ environmentId, ...some, ...invocationOf(context) });
    const view = await followOperation(client, operationId, context.terminal);
    if (context.terminal.json) writeJson(context.terminal, view);
    return undefined;
  });
}

export async function runDown(
  context: CommandContext,
  { removeOrphans }: { readonly removeOrphans: boolean },
): Promise<undefined> {
  return withEngine(context, async (client) => {
    const environmentId = await environmentOf(client, context);
    const { operationId } = await client.environments.down({ environmentId, removeOrphans, ...invocationOf(context) });
    const view = await followOperation(client, operationId, context.terminal);
    if (context.terminal.json) writeJson(context.terminal, view);
    return undefined;
  });
}

export async function runRemove(
  context: CommandContext,
  options: { readonly volumes: boolean; readonly yes: boolean },
): Promise<undefined> {
  return withEngine(context, async (client) => {
    const environmentId = await environmentOf(client, context);
    const plan = await client.environments.plan({
      environmentId,
      action: 'remove',
      volumes: options.volumes,
      ...invocationOf(context),
    });
    if (options.volumes && !options.yes) {
      const lost = plan.changes.filter((change) => change.cost === 'data');
      throw new AppError({
        code: 'guard.refused',
        message: `This deletes the data of ${lost.map((change) => `${change.name} (${bytes(change.bytes)})`).join(', ') || 'this environment'}.`,
        remedy: 'Capture a golden image first if you may want it back; add --yes to delete it.',
      });
    }
    const { operationId } = await client.environments.remove({
      environmentId,
      volumes: options.volumes,
      ...invocationOf(context),
      planHash: plan.hash,
    });
    const view = await followOperation(client, operationId, context.terminal);
    if (context.terminal.json) writeJson(context.terminal, view);
    return undefined;
  });
}

export async function runStatus(context: CommandContext, options: { readonly all: boolean }): Promise<undefined> {
  return withEngine(context, async (client) => {
    await settled(client);
    const all = await client.environments.list();
    if (options.all) {
      if (context.terminal.json) writeJson(context.terminal, all);
      else
        context.terminal.stdout.write(
          table(all.map((each) => [each.id, each.state, each.health, `${each.services.length} services`, each.folder])),
        );
      return undefined;
    }
    const id = await environmentOf(client, context);
    const environment = await client.environments.get({ environmentId: id });
    if (context.terminal.json) writeJson(context.terminal, environment);
    else context.terminal.stdout.write(statusText(environment));
    return undefined;
  });
}

function statusText(environment: EnvironmentView): string {
  const head = `${environment.id}  ${environment.state}${environment.reason === null ? '' : `  ${environment.reason}`}${environment.stale ? `  (as of ${environment.asOf})` : ''}\n`;
  const rows = environment.services.map((service) => [
    service.name,
    service.state,
    service.health,
    service.ports
      .map((port) => (port.hostPort === null ? `${port.containerPort}` : `${port.hostPort}→${port.containerPort}`))
      .join(' ') || '-',
    service.reason ?? '',
  ]);
  const problems = environment.problems.map((problem) => `${problemText(problem)}\n`).join('');
  return `${head}${table([['SERVICE', 'STATE', 'HEALTH', 'PORTS', ''], ...rows])}${problems}`;
}
