// npm start: installs and builds what is missing, then opens the window. Without Electron or a display, the same app is
// served to the browser. Uses nothing but Node, because it runs before anything is installed.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ensureBuilt } from './lib/app.mjs';
import { findElectron } from './lib/electron.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { isRoot, onLinux, root, say, stop } from './lib/run.mjs';

const passed = process.argv.slice(2);

/** Chromium says so on every start without a system bus, which is none of our business. */
const noise = /Failed to connect to the bus/;

/** Becomes the program: its output, its input, its signals, its exit code. */
function become(command, args) {
  const child = spawn(command, args, { cwd: process.cwd(), stdio: ['inherit', 'inherit', 'pipe'] });
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (!noise.test(line)) process.stderr.write(`${line}\n`);
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => stop(`${command}: ${error.message}`));
  child.on('close', (code) => process.exit(code ?? 1));
}

function serve(reason) {
  say(`${reason} Serving the app for the browser instead.`);
  become(process.execPath, [join(root, 'out', 'main', 'golden.js'), 'serve', ...passed]);
}

await ensureInstalled();
if ((await ensureBuilt()) !== 0) stop('The build failed: see above.');

if (onLinux && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
  serve('There is no display for a window.');
} else {
  const electron = await findElectron();
  if (electron.path === undefined) {
    serve(`Electron cannot be had (${electron.problem}).`);
  } else {
    const flags = [];
    if (onLinux && isRoot) {
      say('Running as root: the window runs without its sandbox. Start as a normal user to have it.');
      flags.push('--no-sandbox');
    }
    become(electron.path, [...flags, root, ...passed]);
  }
}
