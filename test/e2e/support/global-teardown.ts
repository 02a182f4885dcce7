import { connectDocker } from '../../support/docker.ts';
import { testStore } from './app.ts';

/** After all tests: the store they shared goes, with its helper. */
export default async function removeStore(): Promise<void> {
  const docker = connectDocker();
  await docker
    .getContainer(`${testStore}-helper`)
    .remove({ force: true })
    .catch(() => undefined);
  await docker
    .getVolume(testStore)
    .remove({ force: true })
    .catch(() => undefined);
}
