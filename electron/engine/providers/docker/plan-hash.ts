import { createHash } from 'node:crypto';
import type { Change, Risk } from '../../../../shared/contract/environments.ts';
import type { Problem } from '../../../../shared/domain/problem.ts';
import type { EnvironmentTarget } from '../provider.ts';

/**
 * Hash of what a plan would do. Sizes and wording are left out: a database that grows between looking and agreeing does
 * not change what was agreed to.
 */
export function planHash(plan: {
  readonly target: EnvironmentTarget;
  readonly action: string;
  readonly changes: readonly Change[];
  readonly problems: readonly Problem[];
  readonly risks: readonly Risk[];
}): string {
  const essence = {
    environment: plan.target.id,
    action: plan.action,
    changes: plan.changes.map((change) => [change.resource, change.name, change.service, change.action, change.cost]),
    problems: plan.problems.map((problem) => [problem.severity, problem.code, problem.path ?? problem.message]),
    risks: plan.risks.map((risk) => [risk.service, risk.kind]),
    configuration: Object.entries(plan.target.configHashes).sort(([a], [b]) => (a < b ? -1 : 1)),
  };
  return createHash('sha256').update(JSON.stringify(essence)).digest('hex');
}
