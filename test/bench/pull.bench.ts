import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compose } from '../support/compose.ts';
import { connectDocker } from '../support/docker.ts';
import { runWell, testStacks } from '../support/docker-stacks.ts';
import { startRegistry } from '../support/registry.ts';
import { putImage } from '../support/registry-images.ts';
import { temporaryFolder } from '../support/temp.ts';
import { type Bench, timed } from './harness.ts';

const layers = [16_000_000, 8_000_000, 2_000_000, 200_000];

/** Fetching four images of four layers from a registry on this machine, beside `docker compose pull`. */
export const bench: Bench = {
  async run(context) {
    const docker = connectDocker();
    const registry = await startRegistry();
    const folder = await temporaryFolder('goldenhour-bench-pull-');
    const stacks = testStacks({ folder: folder.path });
    try {
      const images: string[] = [];
      let bytes = 0;
      for (const name of ['a', 'b', 'c', 'd']) {
        const image = await putImage(registry, { repository: `bench/${name}`, layers });
        images.push(image.name);
        bytes += image.bytes;
      }
      const services = images.map((image, index) => `  s${index}:\n    image: ${image}\n`).join('');
      await writeFile(join(folder.path, 'compose.yaml'), `name: gh-bench-pull\nservices:\n${services}`);
      const remove = async (): Promise<void> => {
        for (const image of images)
          await docker
            .getImage(image)
            .remove({ force: true })
            .catch(() => undefined);
      };
      const theirs = async (): Promise<void> => {
        const { exitCode, stderr } = await compose(['pull', '--quiet'], { folder: folder.path });
        if (exitCode !== 0) throw new Error(stderr);
      };
      const fetched = async (work: () => Promise<unknown>): Promise<number> => {
        await remove();
        return timed(work);
      };
      context.say(`four images, ${Math.round(bytes / 1e6)} MB together, on this machine's own registry`);
      await context.measure({
        case: '4 images, none here',
        unit: 'ms',
        subject: () => fetched(() => runWell(stacks, 'pull')),
        peer: { name: 'docker compose pull', run: () => fetched(theirs) },
      });
      await context.measure({
        case: '4 images, all up to date',
        unit: 'ms',
        subject: () => timed(() => runWell(stacks, 'pull')),
        peer: { name: 'docker compose pull', run: () => timed(theirs) },
      });
      await remove();
    } finally {
      stacks.client.close();
      await registry.remove();
      await folder.remove();
    }
  },
};
