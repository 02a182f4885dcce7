import type { Impact } from '../../../shared/contract/git.ts';
import { type CommandContext, environmentOf, withEngine } from '../context.ts';
import { settled } from '../first-look.ts';
import { exitCodes, table, writeJson } from '../output.ts';

/** `golden impact`: which services and tests the working tree and the branch concern. */
export async function runImpact(context: CommandContext, options: { readonly base?: string }): Promise<number> {
  const { terminal } = context;
  return withEngine(context, async (client) => {
    const environmentId = await environmentOf(client, context);
    // Which services run is a part of the answer; without a Docker engine none is known to.
    await settled(client);
    const impact = await client.git.impact({
      environmentId,
      ...(options.base === undefined ? {} : { base: options.base }),
    });
    if (terminal.json) writeJson(terminal, { environment: environmentId, ...impact });
    else terminal.stdout.write(impactText(impact));
    return exitCodes.done;
  });
}

export function impactText(impact: Impact): string {
  const { base, services, dependants, tests, unclaimed } = impact;
  const files = impact.files.length + impact.moreFiles;
  const against = base === null ? 'the last commit' : base;
  if (files === 0) return `Nothing differs from ${against}.\n`;
  const lines = [`${count(files, 'file')} differ${files === 1 ? 's' : ''} from ${against}.\n`];
  if (services.length > 0) {
    const rows = services.map(({ name, why, running }) => [name, running ? 'running' : 'not running', why]);
    lines.push('\n', table([['SERVICE', 'NOW', 'BECAUSE OF'], ...rows]));
  }
  if (dependants.length > 0) lines.push(`\nDepend on these: ${dependants.join(', ')}\n`);
  if (tests.length > 0) lines.push(`\nTests:\n${tests.map((test) => `  ${test}\n`).join('')}`);
  if (unclaimed > 0) lines.push(`\n${count(unclaimed, 'file')} concern${unclaimed === 1 ? 's' : ''} no service.\n`);
  return lines.join('');
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
