// Called by electron-builder when the app's folder is laid out, before it is signed.
import { rmSync } from 'node:fs';
import { join } from 'node:path';

export function afterPack({ appOutDir, packager, electronPlatformName }) {
  const resources =
    electronPlatformName === 'darwin'
      ? join(appOutDir, `${packager.appInfo.productFilename}.app`, 'Contents', 'Resources')
      : join(appOutDir, 'resources');
  // A given Electron folder brings its demonstration app along; ours must be the only one.
  rmSync(join(resources, 'default_app.asar'), { force: true });
}
