import type { ComposeBuild } from '../../../../shared/domain/compose-model.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { EnvironmentTarget } from '../provider.ts';
import { buildRefused } from './build-errors.ts';

/**
 * Refuses what only BuildKit can build, by name: the engine's older builder would fail or, worse, ignore it. `without`
 * completes "… needs BuildKit, …".
 */
export function assertBuildable(
  target: EnvironmentTarget,
  serviceName: string,
  build: ComposeBuild,
  without: string,
): void {
  const fields: readonly (readonly [string, boolean])[] = [
    ['secrets', (build.secrets ?? []).length > 0],
    ['ssh', (build.ssh ?? []).length > 0],
    ['additional_contexts', Object.keys(build.additional_contexts ?? {}).length > 0],
    ['cache_to', (build.cache_to ?? []).length > 0],
    ['privileged', build.privileged === true],
    ['entitlements', (build.entitlements ?? []).length > 0],
  ];
  for (const [field, present] of fields) {
    if (!present) continue;
    throw buildRefused(target, ['services', serviceName, 'build', field], {
      message: `services.${serviceName}.build.${field} needs BuildKit, ${without}.`,
      remedy,
    });
  }
}

const remedy = 'Use an engine that has it, or do without.';

/** The same for a Dockerfile's text; `path` is null for one in the Compose file. */
export function assertDockerfile(path: string | null, text: string, without: string): void {
  for (const [index, line] of text.split('\n').entries()) {
    const found = buildKitOnly(line);
    if (found !== undefined) throw refusedLine(path, index + 1, found, without);
  }
}

function refusedLine(path: string | null, line: number, what: string, without: string): AppError {
  const file = path ?? 'dockerfile_inline';
  return new AppError({
    code: 'docker.unsupported',
    message: `${file}:${line}: ${what} needs BuildKit, ${without}.`,
    remedy,
    details: {
      what,
      ...(path === null
        ? {}
        : {
            problems: [
              {
                severity: 'error',
                code: 'docker.unsupported',
                message: `${what} needs BuildKit, ${without}.`,
                remedy,
                position: { file: path, line, column: 1 },
              },
            ],
          }),
    },
  });
}

function buildKitOnly(line: string): string | undefined {
  const instruction = /^\s*(RUN|COPY|ADD)\s+(.*)$/i.exec(line);
  if (instruction === null) return undefined;
  const [, name = '', rest = ''] = instruction;
  const flag = /^(?:--\S+\s+)*?(--(?:mount|network|security|link|parents|exclude|checksum|keep-git-dir)\b)/.exec(rest);
  if (flag?.[1] !== undefined) return `${name.toUpperCase()} ${flag[1]}`;
  return /(^|\s)<<-?["']?\w+["']?(\s|$)/.test(rest) ? `${name.toUpperCase()} with a here-document` : undefined;
}
