// npm run dist: the packaged app of this platform, unpacked, in dist/. With ELECTRON_OVERRIDE_DIST_PATH it is made from
// that Electron instead of a downloaded one (for trying the packaging; releases use the pinned version).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './lib/app.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { root, run, stop } from './lib/run.mjs';

const targets = { linux: '--linux', darwin: '--mac', win32: '--win' };

await ensureInstalled();
if ((await build()) !== 0) stop('The build failed: see above.');

const args = [targets[process.platform] ?? '--linux', '--dir', '--publish', 'never'];
const electron = process.env.ELECTRON_OVERRIDE_DIST_PATH;
if (electron) {
  const version = readFileSync(join(electron, 'version'), 'utf8').trim().replace(/^v/, '');
  args.push(`-c.electronDist=${electron}`, `-c.electronVersion=${version}`);
}
process.exit(
  await run(process.execPath, [join(root, 'node_modules/electron-builder/cli.js'), ...args, ...process.argv.slice(2)]),
);
