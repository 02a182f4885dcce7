import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { fixtureImages } from '../support/docker.ts';

/** Starting them all must not take for ever on a small machine. */
const startingMs = 240_000;
/** Every container listens there, from this one on, on the network of the host: two hundred bridges say nothing of us. */
const firstPort = 23_000;

/** As Compose would have started them, but without it: it would take the machine with it. */
export async function startAll(
  docker: Docker,
  projects: readonly string[],
  { parent, wanted, initUpTo }: { readonly parent: string; readonly wanted: number; readonly initUpTo: number },
): Promise<number> {
  const each = wanted / projects.length;
  const names = Array.from({ length: each }, (_, index) => `s${index}`);
  const all: { project: string; service: string; port: number }[] = [];
  for (const project of projects) {
    await mkdir(join(parent, project));
    const own = names.map((service, index) => ({ project, service, port: firstPort + all.length + index }));
    const services = own.map(
      ({ service, port }) =>
        `  ${service}: { image: '${fixtureImages.tools}', command: ${JSON.stringify(serving(port))}, network_mode: host }\n`,
    );
    await writeFile(join(parent, project, 'compose.yaml'), `name: ${project}\nservices:\n${services.join('')}`);
    const checks = own.map(({ service, port }, index) =>
      index % 2 === 0
        ? `    ${service}: { probe: { http: { port: ${port}, path: /os-release } } }\n`
        : `    ${service}: { probe: { tcp: { port: ${port} } } }\n`,
    );
    await writeFile(join(parent, project, 'golden.yml'), `version: 1\nhealth:\n  services:\n${checks.join('')}`);
    all.push(...own);
  }
  const until = performance.now() + startingMs;
  let running = 0;
  const worker = async (): Promise<void> => {
    for (let next = all.shift(); next !== undefined; next = all.shift()) {
      if (performance.now() > until) throw new Error(`Only ${running} of ${wanted} started in ${startingMs / 1000} s`);
      const { project, service, port } = next;
      const container = await docker.createContainer({
        name: `${project}-${service}-1`,
        Image: fixtureImages.tools,
        Cmd: serving(port),
        StopSignal: 'SIGKILL',
        Labels: {
          'com.docker.compose.project': project,
          'com.docker.compose.service': service,
          'com.docker.compose.container-number': '1',
          'com.docker.compose.oneoff': 'False',
          'com.docker.compose.project.working_dir': join(parent, project),
        },
        // Those that are to end are ended from inside, which takes an init process.
        HostConfig: { NetworkMode: 'host', Init: Number(service.slice(1)) < initUpTo },
      });
      await container.start();
      running += 1;
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  return running;
}

const serving = (port: number): string[] => ['busybox', 'httpd', '-f', '-p', `127.0.0.1:${port}`, '-h', '/etc'];
