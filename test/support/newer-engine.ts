import { join } from 'node:path';
import Docker from 'dockerode';
import { connectDocker, fixtureImages, uniqueProjectName } from './docker.ts';
import { temporaryFolder } from './temp.ts';
import { waitFor } from './wait.ts';

/** The image of build/setup-newer-engine.sh. */
const image = 'goldenhour-fixture/newer-engine:1';

/** A Docker engine of a later release, in a container of the tests' own engine. */
export interface NewerEngine {
  /** For `DOCKER_HOST`. */
  readonly host: string;
  readonly docker: Docker;
  remove(): Promise<void>;
}

/** What a container may not do by default and an engine must: write to its own cgroups, in both of their versions. */
const start = `
for mount in /sys/fs/cgroup $(awk '$3 == "cgroup" { print $2 }' /proc/self/mounts); do mount -o remount,bind,rw "$mount"; done
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  mkdir -p /sys/fs/cgroup/engine && echo $$ > /sys/fs/cgroup/engine/cgroup.procs
  for controller in $(cat /sys/fs/cgroup/cgroup.controllers); do echo "+$controller" > /sys/fs/cgroup/cgroup.subtree_control; done
fi
(until chmod 666 /engine/docker.sock; do sleep 0.1; done) 2>/dev/null &
exec dockerd -H unix:///engine/docker.sock --iptables=false --ip6tables=false --shutdown-timeout=1
`;

export async function startNewerEngine(images: readonly (keyof typeof fixtureImages)[]): Promise<NewerEngine> {
  const outer = connectDocker();
  const folder = await temporaryFolder('gh-newer-');
  const container = await outer
    .createContainer({
      name: uniqueProjectName('newer-engine'),
      Image: image,
      Cmd: ['sh', '-c', start],
      Volumes: { '/var/lib/docker': {} },
      HostConfig: {
        AutoRemove: true,
        Binds: [`${folder.path}:/engine`],
        // All but one, which some machines do not have to give.
        CapAdd: ['ALL'],
        CapDrop: ['SYS_RESOURCE'],
        ...({ CgroupnsMode: 'private', MaskedPaths: [], ReadonlyPaths: [] } as object),
        DeviceCgroupRules: ['a *:* rwm'],
        SecurityOpt: ['seccomp=unconfined', 'apparmor=unconfined'],
      },
    })
    .catch((cause: unknown) => {
      throw new Error(`no ${image}: run build/setup-newer-engine.sh, or npm test, which does`, { cause });
    });
  const socketPath = join(folder.path, 'docker.sock');
  const docker = new Docker({ socketPath, timeout: 60_000 });
  const remove = async (): Promise<void> => {
    await container.remove({ force: true, v: true }).catch(() => undefined);
    await folder.remove();
  };
  try {
    await container.start();
    await waitFor(() => docker.ping().then(() => true), { what: 'a newer engine that answers', deadlineMs: 60_000 });
    for (const name of images) {
      const loading = await docker.loadImage(await outer.getImage(fixtureImages[name]).get());
      await new Promise((resolve, reject) => loading.resume().on('end', resolve).on('error', reject));
    }
  } catch (error) {
    await remove();
    throw error;
  }
  return { host: `unix://${socketPath}`, docker, remove };
}
