import type { CommandMaker } from './program-health.ts';

const runCommand = () => import('./commands/run.ts');
const impactCommand = () => import('./commands/impact.ts');
const summaryCommand = () => import('./commands/summary.ts');

/** The commands about the two hours of the day. */
export function addRoutineCommands({ command, go }: CommandMaker): void {
  const run = command('run', 'run a routine: morning, evening, or one of golden.yml; without a name list them')
    .argument('[routine]')
    .option('-y, --yes', 'take the proposal of every question', false)
    .option('--trust', 'agree to what it runs on this machine, which is shown', false)
    .addHelpText(
      'after',
      `
With --json one line for each state of each step; the last line has "verdict" and "reasons". A question that nobody can
answer here skips its step, and the verdict says so.

Exit code 0: ready, also with remarks. 1: not ready. 4: what it runs was not agreed to.`,
    );
  run.action((name: string | undefined) =>
    go(async (context) => (await runCommand()).runRoutine(context, name, run.opts()), run),
  );

  const summary = command('summary', 'print what was done today, as Markdown for the stand-up')
    .option('--day <day>', 'another day: 2025-02-04, or yesterday')
    .option('-a, --all', 'of every environment', false);
  summary.action(() => go(async (context) => (await summaryCommand()).runSummary(context, summary.opts()), summary));

  const impact = command('impact', 'say which services and tests the changed files concern').option(
    '--base <ref>',
    'the branch or tag to compare with (else the one the branch started from)',
  );
  impact.action(() => go(async (context) => (await impactCommand()).runImpact(context, impact.opts()), impact));
}
