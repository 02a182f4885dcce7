import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { systemFiles } from '../../electron/engine/platform/files.ts';
import { loadProject } from '../../electron/engine/stacks/compose/load.ts';
import { compose } from '../support/compose.ts';
import { temporaryFolder } from '../support/temp.ts';
import { type Bench, type BenchContext, timed } from './harness.ts';

const golden = fileURLToPath(new URL('../../out/main/golden.js', import.meta.url));
const run = promisify(execFile);

/** Resolving a project: `golden config`, and the same inside the app, beside `docker compose config`. */
export const bench: Bench = {
  async run(context) {
    for (const services of [5, 50, 500]) await resolve(context, services);
  },
};

function service(index: number): string {
  return `  service-${index}:
    <<: *common
    image: registry.example/app-${index}:\${TAG:-1}
    ports: ["127.0.0.1:${20_000 + index}:80"]
    environment: {NUMBER: "${index}", DATABASE: "postgres://db:5432/app_${index}", PASSWORD: "\${PASSWORD:-none}"}
    volumes: ["data-${index}:/data", "./files/${index}:/files:ro"]
    labels: {tier: web, index: "${index}"}
    networks: [default, net-${index % 10}]
${index === 0 ? '' : `    depends_on: {service-${index - 1}: {condition: service_healthy}}\n`}`;
}

async function resolve(context: BenchContext, services: number): Promise<void> {
  const folder = await temporaryFolder('goldenhour-bench-config-');
  try {
    const numbers = Array.from({ length: services }, (_, index) => index);
    const text = `name: bench
x-common: &common
  restart: unless-stopped
  logging: {driver: json-file, options: {max-size: 10m}}
  healthcheck: {test: [CMD, "true"], interval: 10s}
services:
${numbers.map(service).join('')}networks:
${numbers
  .slice(0, 10)
  .map((index) => `  net-${index}: {}\n`)
  .join('')}volumes:
${numbers.map((index) => `  data-${index}: {}\n`).join('')}`;
    await writeFile(join(folder.path, 'compose.yaml'), text);
    const theirs: number[] = [];
    const command: number[] = [];
    const inside: number[] = [];
    for (let turn = 0; turn < context.runs; turn++) {
      theirs.push(
        await timed(async () => {
          const { exitCode, stderr } = await compose(['config', '--format', 'json'], { folder: folder.path });
          if (exitCode !== 0) throw new Error(stderr);
        }),
      );
      command.push(
        await timed(() =>
          run(process.execPath, [golden, '-C', folder.path, 'config', '--format', 'json'], {
            maxBuffer: 64 * 1024 * 1024,
          }),
        ),
      );
      inside.push(await timed(() => loadProject({ folder: folder.path, environment: {} }, { files: systemFiles })));
    }
    const peer = { name: 'docker compose config', runs: theirs };
    context.record({ case: `${services} services: golden config`, unit: 'ms', runs: command, peer });
    context.record({ case: `${services} services: in the app`, unit: 'ms', runs: inside, peer });
  } finally {
    await folder.remove();
  }
}
