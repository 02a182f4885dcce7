import type { EngineOptions } from '../engine-types.ts';
import type { Files } from '../platform/files.ts';
import type { RunProcess } from '../platform/processes.ts';
import type { KeyStoreStrategy } from './key-store.ts';
import { macosKeychain } from './macos-keychain.ts';
import { sealedFile } from './sealed-file.ts';
import { linuxSecretService } from './secret-service.ts';

/** The ways to a key store, in the order they are tried. Memory comes after them. */
export function systemKeyStores({
  options,
  files,
  run,
}: {
  readonly options: Pick<EngineOptions, 'environment' | 'dataFolder' | 'desktop'>;
  readonly files: Files;
  readonly run: RunProcess;
}): readonly KeyStoreStrategy[] {
  const { environment, dataFolder, desktop } = options;
  const { platform } = process;
  return [
    linuxSecretService({ platform, environment }),
    macosKeychain({ platform, run }),
    sealedFile({ files, dataFolder, sealing: desktop }),
  ];
}
