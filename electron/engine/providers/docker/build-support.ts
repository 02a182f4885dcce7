import type { ComposeBuild } from '../../../../shared/domain/compose-model.ts';
import { AppError } from '../../../../shared/errors.ts';

/** Refuses what only BuildKit can build, by name: the engine's own builder would fail or, worse, ignore it. */
export function assertBuildable(serviceName: string, build: ComposeBuild): void {
  const fields: readonly (readonly [string, boolean])[] = [
    ['secrets', (build.secrets ?? []).length > 0],
    ['ssh', (build.ssh ?? []).length > 0],
    ['additional_contexts', Object.keys(build.additional_contexts ?? {}).length > 0],
    ['cache_to', (build.cache_to ?? []).length > 0],
    ['platforms', (build.platforms ?? []).length > 1],
    ['privileged', build.privileged === true],
  ];
  for (const [field, present] of fields) {
    if (present) throw needsBuildKit(`services.${serviceName}.build.${field}`);
  }
}

/** The same for a Dockerfile's text. */
export function assertDockerfile(path: string, text: string): void {
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    const found = buildKitOnly(line);
    if (found !== undefined) throw needsBuildKit(`${path}:${index + 1}: ${found}`);
  }
}

function buildKitOnly(line: string): string | undefined {
  const instruction = /^\s*(RUN|COPY|ADD)\s+(.*)$/i.exec(line);
  if (instruction === null) return undefined;
  const [, name = '', rest = ''] = instruction;
  const flag = /^(?:--\S+\s+)*?(--(?:mount|network|security|link|parents|exclude|checksum|keep-git-dir)\b)/.exec(rest);
  if (flag?.[1] !== undefined) return `${name.toUpperCase()} ${flag[1]}`;
  return /(^|\s)<<-?["']?\w+["']?(\s|$)/.test(rest) ? `${name.toUpperCase()} with a here-document` : undefined;
}

function needsBuildKit(what: string): AppError {
  return new AppError({
    code: 'docker.unsupported',
    message: `${what} needs BuildKit, which Golden Hour does not drive yet.`,
    remedy: 'Build the image with `docker compose build`; it is used from then on.',
    details: { what },
  });
}

/** Names of the images a Dockerfile starts from, for their registries' credentials. */
export function baseImages(text: string): readonly string[] {
  const stages = new Set<string>();
  const images: string[] = [];
  for (const line of text.split('\n')) {
    const match = /^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(line);
    if (match?.[1] === undefined) continue;
    if (!stages.has(match[1].toLowerCase()) && match[1] !== 'scratch' && !match[1].includes('$')) images.push(match[1]);
    if (match[2] !== undefined) stages.add(match[2].toLowerCase());
  }
  return [...new Set(images)];
}
