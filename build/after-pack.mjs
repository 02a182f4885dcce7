// Called by electron-builder when the app's folder is laid out, before it is signed.
import { chmodSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export function afterPack({ appOutDir, packager, electronPlatformName }) {
  const resources =
    electronPlatformName === 'darwin'
      ? join(appOutDir, `${packager.appInfo.productFilename}.app`, 'Contents', 'Resources')
      : join(appOutDir, 'resources');
  // A given Electron folder brings its demonstration app along; ours must be the only one.
  rmSync(join(resources, 'default_app.asar'), { force: true });
  // node-pty's package carries it without the right to be run.
  const prebuilds = join(resources, 'app.asar.unpacked/node_modules/node-pty/prebuilds');
  for (const name of existsSync(prebuilds) ? readdirSync(prebuilds) : []) {
    const helper = join(prebuilds, name, 'spawn-helper');
    if (existsSync(helper)) chmodSync(helper, 0o755);
  }
}
