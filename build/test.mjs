// npm test: prepares the machine where it may, then runs every suite and prints the sum. `npm test -- SUITE [FILTER]`
// runs one. Uses nothing but Node until the dependencies are installed.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { build } from './lib/app.mjs';
import { findElectron } from './lib/electron.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { capture, isRoot, onLinux, root, run, say, stop } from './lib/run.mjs';
import {
  canPrepare,
  prepareElectron,
  prepareEngine,
  prepareInstall,
  prepareKeyStore,
  prepareWindow,
} from './lib/system.mjs';
import { runAsWindowUser } from './lib/window-user.mjs';

const minutes = (n) => n * 60_000;
const suites = ['check', 'build', 'unit', 'contract', 'integration', 'faults', 'e2e'];
const needsEngine = ['integration', 'faults', 'e2e'];
const continuous = !['', 'false', '0', undefined].includes(process.env.CI);
const results = join(root, 'test-results');

const [asked, ...filter] = process.argv.slice(2);
if (asked !== undefined && !suites.includes(asked)) stop(`npm test -- [${suites.join('|')}] [filter…]`, 2);
const chosen = asked === undefined ? suites : asked === 'e2e' ? ['build', 'e2e'] : [asked];

/** A suite that ended without saying how many tests it ran counts as one. */
const whole = (code) => ({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 });

function readReport(path, code, read) {
  try {
    const counts = read(JSON.parse(readFileSync(path, 'utf8')));
    // A file that does not load has no failed test, only a failed run.
    if (code !== 0 && counts.failed === 0) counts.failed = 1;
    return counts;
  } catch {
    return whole(code === 0 ? 1 : code);
  }
}

async function vitest(name, { skip }) {
  const report = join(results, `${name}.json`);
  rmSync(report, { force: true });
  const workers = needsEngine.includes(name) ? Math.min(2, availableParallelism()) : availableParallelism();
  const args = ['run', '--project', name, '--passWithNoTests', '--maxWorkers', String(workers)];
  args.push('--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filter);
  // A name that matches nothing: every test is counted, none is run, no hook fires.
  if (skip) args.push('-t', '(?!)');
  const code = await run(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), ...args], {
    env: { ...process.env, ...(skip ? { GOLDENHOUR_SKIP_ENGINE: '1' } : {}) },
    timeoutMs: needsEngine.includes(name) ? minutes(25) : minutes(5),
  });
  return readReport(report, code, (r) => ({
    passed: r.numPassedTests,
    failed: r.numFailedTests,
    skipped: r.numPendingTests + r.numTodoTests,
  }));
}

async function e2e() {
  await prepareElectron();
  prepareWindow();
  const electron = await findElectron();
  if (electron.path === undefined) {
    say(`No window: Electron cannot be had (${electron.problem}).`);
    return whole(1);
  }
  const report = join(results, 'e2e.json');
  rmSync(report, { force: true });
  const virtual = onLinux && (continuous || isRoot || !process.env.DISPLAY);
  const display = virtual ? ['xvfb-run', '-a', '-s', '-screen 0 1600x1200x24'] : [];
  const command = ({ app, node }) => [
    ...display,
    node,
    join(app, 'node_modules/@playwright/test/cli.js'),
    'test',
    '--pass-with-no-tests',
    ...filter,
  ];
  const timeoutMs = minutes(25);
  let code;
  if (isRoot && onLinux) {
    code = await runAsWindowUser(command, { timeoutMs });
  } else {
    const [program, ...args] = command({ app: root, node: process.execPath });
    code = await run(program, args, { timeoutMs });
  }
  return readReport(report, code, (r) => ({
    passed: r.stats.expected + r.stats.flaky,
    failed: r.stats.unexpected + r.errors.length,
    skipped: r.stats.skipped,
  }));
}

/** How many tests the window's suite has, for when it cannot be run. */
function countE2e() {
  const listed = capture(process.execPath, [join(root, 'node_modules/@playwright/test/cli.js'), 'test', '--list']);
  return Number(listed.stdout.match(/Total: (\d+) tests?/)?.[1] ?? 0);
}

async function runSuite(name, noEngine) {
  if (name === 'check') return readCheck(await run(process.execPath, ['build/check.mjs'], { timeoutMs: minutes(5) }));
  if (name === 'build') return whole(await build());
  const skip = noEngine !== null && needsEngine.includes(name);
  if (name === 'e2e') return skip ? { passed: 0, failed: 0, skipped: countE2e() } : e2e();
  return vitest(name, { skip });
}

function readCheck(code) {
  return readReport(join(results, 'check.json'), code, (counts) => counts);
}

const started = performance.now();
// The last line is always the sum, also when the machine could not be prepared.
let summed = false;
process.on('exit', () => {
  if (!summed) say('0 passed, 1 failed, 0 skipped');
});
mkdirSync(results, { recursive: true });
if (chosen.length > 1 && !canPrepare) say('Not on a Debian with root or sudo: using what is installed.');
prepareInstall();
await ensureInstalled();
if (chosen.includes('contract') || chosen.includes('integration')) prepareKeyStore();
const noEngine = chosen.some((name) => needsEngine.includes(name)) ? await prepareEngine() : null;
if (noEngine !== null && continuous) stop(`No Docker engine: ${noEngine}.`);

const total = { passed: 0, failed: 0, skipped: 0 };
const lines = [];
for (const name of chosen) {
  say(`\n── ${name} ${'─'.repeat(Math.max(0, 60 - name.length))}`);
  const begin = performance.now();
  const counts = await runSuite(name, noEngine);
  if (continuous && filter.length === 0 && counts.passed + counts.failed + counts.skipped === 0) {
    say(`The ${name} suite has no test.`);
    counts.failed = 1;
  }
  for (const key of Object.keys(total)) total[key] += counts[key];
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  lines.push(
    `${name.padEnd(12)} ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped, ${seconds} s`,
  );
}

say(`\n${lines.join('\n')}\nin ${((performance.now() - started) / 60_000).toFixed(1)} min`);
if (noEngine !== null)
  say(`\n*** ${total.skipped} TESTS WERE SKIPPED: ${noEngine}. Start Docker and run npm test again. ***\n`);
const complete = !continuous || total.skipped === 0;
if (!complete) say('Skipped tests count as failure here.');
summed = true;
say(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 && complete ? 0 : 1);
