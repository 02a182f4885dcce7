// npm run bench [-- NAME…] [--size 100MB]… [--runs 3]: measures, prints a table and one line of JSON per result.
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt } from './lib/app.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { root, stop } from './lib/run.mjs';
import { prepareElectron, prepareEngine } from './lib/system.mjs';

const folder = join(root, 'test', 'bench');
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.bench.ts'))
  .map((name) => basename(name, '.bench.ts'));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { size: { type: 'string', multiple: true }, runs: { type: 'string' }, json: { type: 'boolean' } },
});
const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) stop(`No bench called ${unknown.join(', ')}. There are: ${names.join(', ')}.`, 2);

await ensureInstalled();
if ((await ensureBuilt()) !== 0) stop('The build failed: see above.');
const noEngine = await prepareEngine();
if (noEngine !== null) stop(`Nothing to measure on: ${noEngine}.`);
await prepareElectron();

const { runnerImport } = await import('vite');
const load = async (path) => (await runnerImport(path, { root, logLevel: 'error', configFile: false })).module;
const { runBenches } = await load(join(folder, 'harness.ts'));
const benches = [];
for (const name of positionals.length > 0 ? positionals : names) {
  const { bench } = await load(join(folder, `${name}.bench.ts`));
  if (bench?.run === undefined) stop(`test/bench/${name}.bench.ts exports no bench.`);
  benches.push({ name, run: bench.run });
}
const code = await runBenches(benches, { sizes: values.size, runs: values.runs, jsonOnly: values.json === true });
process.exit(code);
