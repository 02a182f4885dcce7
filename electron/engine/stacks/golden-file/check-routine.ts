import { parseCondition } from '../../../../shared/domain/condition.ts';
import type { Routine } from '../../../../shared/domain/routine-file.ts';
import { planRoutine } from '../../../../shared/domain/routine-plan.ts';
import { stepOptions } from '../../../../shared/domain/step-options.ts';
import type { ComposeNode } from '../compose/node.ts';
import type { Problems } from '../compose/problems.ts';
import { knownFacts } from './known.ts';
import type { Path } from './places.ts';
import { checkInside, type Say } from './say.ts';
import { reportIssues } from './schema-faults.ts';

/** What is wrong with the graph of a routine, and with each of its steps. */
export function checkRoutine(at: Path, routine: Routine, say: Say): void {
  const { faults } = planRoutine(routine, knownFacts);
  for (const { path, message, remedy } of faults) {
    // Told below, with its place inside the text.
    if (path.at(-1) !== 'if') say([...at, ...path], message, remedy);
  }
  for (const [index, step] of routine.steps.entries()) {
    const here = [...at, 'steps', index];
    if (step.folder !== undefined) checkInside([...here, 'folder'], step.folder, say);
    if (step.if === undefined) continue;
    const parsed = parseCondition(step.if, knownFacts);
    if (!parsed.ok) say([...here, 'if'], parsed.fault.message, parsed.fault.remedy, parsed.fault.column - 1);
  }
}

/** What is wrong with the options of steps. */
export function checkOptions(at: Path, routine: Routine, root: ComposeNode, problems: Problems): void {
  for (const [index, step] of routine.steps.entries()) {
    if (step.with === undefined) continue;
    const schema = stepOptions[step.run === undefined ? (step.uses ?? 'run') : 'run'];
    const parsed = schema.safeParse(step.with);
    if (parsed.success) continue;
    reportIssues(parsed.error.issues, root, problems, { schema, base: [...at, 'steps', index, 'with'] });
  }
}
