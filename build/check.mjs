// npm run check: everything that can be said about the code without running it. Changes nothing.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ensureInstalled } from './lib/install.mjs';
import { root, run, say } from './lib/run.mjs';

const maxLines = 350;
const ignored = new Set(['node_modules', 'out', 'dist', 'coverage', 'test-results', 'screenshots', '.git', 'fixtures']);

function sourceFiles(folder = root) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ignored.has(entry.name) ? [] : sourceFiles(path);
    return /\.(ts|tsx|mjs)$/.test(entry.name) ? [path] : [];
  });
}

function readJson(name) {
  return JSON.parse(readFileSync(join(root, name), 'utf8'));
}

/** The lock file must install alike on every platform and from every registry. */
function lockProblems() {
  const packages = readJson('package-lock.json').packages;
  const problems = [];
  /** Node's own lookup: nearest node_modules first. */
  const holds = (from, name) => {
    for (let at = from; ; at = at.slice(0, at.lastIndexOf('node_modules/')).replace(/\/$/, '')) {
      if (packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`] !== undefined) return true;
      if (at === '') return false;
    }
  };
  for (const [path, entry] of Object.entries(packages)) {
    if (/^https?:/.test(entry.resolved ?? '')) problems.push(`package-lock.json: ${path} names a registry host`);
    for (const name of Object.keys(entry.optionalDependencies ?? {}))
      if (!holds(path, name)) problems.push(`package-lock.json: ${name}, optional for ${path}, is missing`);
  }
  return problems;
}

function manifestProblems() {
  const manifest = readJson('package.json');
  const all = { ...manifest.dependencies, ...manifest.devDependencies };
  const problems = Object.entries(all)
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    .map(([name, version]) => `package.json: ${name} is not pinned to one version (${version})`);
  for (const name of Object.keys(manifest.allowScripts ?? {}))
    if (/.@/.test(name)) problems.push(`package.json: allowScripts wants bare names, not ${name}`);
  return problems;
}

const silenced = /@ts-(ignore|nocheck)|biome-ignore(-all)? lint\/suspicious\/noExplicitAny/;

function sourceProblems() {
  return sourceFiles().flatMap((path) => {
    const name = relative(root, path);
    const lines = readFileSync(path, 'utf8').split('\n');
    const problems = [];
    if (lines.length > maxLines + 1) problems.push(`${name}: ${lines.length - 1} lines, at most ${maxLines}: split it`);
    if (name === join('build', 'check.mjs')) return problems;
    lines.forEach((line, index) => {
      if (silenced.test(line)) problems.push(`${name}:${index + 1}: silences the compiler instead of typing the value`);
    });
    return problems;
  });
}

function report(problems) {
  for (const problem of problems) say(problem);
  return problems.length === 0 ? 0 : 1;
}

const program = (path, ...args) => run(process.execPath, [join(root, 'node_modules', path), ...args]);

const checks = [
  ['types', () => program('typescript/bin/tsc', '-b')],
  ['lint and format', () => program('@biomejs/biome/bin/biome', 'check', '--max-diagnostics=200')],
  ['lock file', async () => report(lockProblems())],
  ['manifest', async () => report(manifestProblems())],
  ['source rules', async () => report(sourceProblems())],
];

await ensureInstalled();
const counts = { passed: 0, failed: 0, skipped: 0 };
for (const [name, check] of checks) {
  const code = await check();
  counts[code === 0 ? 'passed' : 'failed']++;
  say(`${code === 0 ? 'ok    ' : 'FAILED'} ${name}`);
}
mkdirSync(join(root, 'test-results'), { recursive: true });
writeFileSync(join(root, 'test-results', 'check.json'), JSON.stringify(counts));
process.exit(counts.failed === 0 ? 0 : 1);
