import type { DeclaredSections } from '../../../../shared/domain/golden-file.ts';
import { nearest } from '../../../../shared/domain/nearest.ts';
import { type ComposeNode, formatPath } from '../compose/node.ts';
import type { Problems } from '../compose/problems.ts';
import type { Path } from './places.ts';
import { sayer } from './say.ts';

/** Names of services that the stack does not have. Those of inactive profiles are known too. */
export function checkServices(
  { routines, domains }: DeclaredSections,
  services: readonly string[],
  root: ComposeNode,
  problems: Problems,
): void {
  const say = sayer(root, problems);
  const check = (path: Path, name: string): void => {
    if (services.includes(name)) return;
    const close = nearest(name, services);
    const remedy =
      close !== undefined
        ? `Did you mean “${close}”?`
        : services.length === 0
          ? 'The Compose files have no services.'
          : `Services are ${services.join(', ')}.`;
    say(path, `${formatPath(path)} names the service “${name}”, which the stack does not have.`, remedy);
  };
  for (const [name, { steps }] of Object.entries(routines ?? {})) {
    for (const [index, step] of steps.entries()) {
      const at = ['routines', name, 'steps', index];
      if (step.service !== undefined) check([...at, 'service'], step.service);
      const named = step.with?.['services'];
      if (!Array.isArray(named)) continue;
      for (const [place, each] of named.entries()) {
        if (typeof each === 'string') check([...at, 'with', 'services', place], each);
      }
    }
  }
  for (const [name, domain] of Object.entries(domains ?? {})) {
    for (const [place, each] of (domain.services ?? []).entries()) check(['domains', name, 'services', place], each);
  }
}
