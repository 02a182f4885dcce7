import { connectDocker, fixtureImages } from './docker.ts';

/** Global set-up of the suites that need a Docker engine: says what is missing instead of failing test by test. */
export async function setup(): Promise<void> {
  // Set by build/test.mjs when there is no engine and every test is to be counted as skipped.
  if (process.env.GOLDENHOUR_SKIP_ENGINE === '1') return;
  const docker = connectDocker();
  try {
    await docker.ping();
  } catch (cause) {
    throw new Error('No Docker engine answers. Run build/setup-docker.sh, or npm test, which does.', { cause });
  }
  for (const image of Object.values(fixtureImages)) {
    try {
      await docker.getImage(image).inspect();
    } catch (cause) {
      throw new Error(`The image ${image} is missing. Run build/setup-fixtures.sh, or npm test, which does.`, {
        cause,
      });
    }
  }
}
