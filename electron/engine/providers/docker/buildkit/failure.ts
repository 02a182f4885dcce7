import { z } from 'zod';
import type { Position } from '../../../../../shared/domain/position.ts';
import type { AppError } from '../../../../../shared/errors.ts';
import { buildFailed } from '../build-errors.ts';
import type { Dockerfile } from '../build-source.ts';
import type { GrpcFailure } from './grpc.ts';
import { rpcStatus } from './messages.ts';

export interface FailedBuild {
  readonly image: string;
  readonly service: string;
  readonly dockerfile: Dockerfile;
  /** Where the Dockerfile's text stands in the Compose file, when it does. */
  readonly inlineAt: Position | undefined;
  readonly step: { readonly name: string; readonly log: readonly string[] } | undefined;
}

/** What BuildKit said of a build that failed, in one line, with the line of the Dockerfile. */
export function solveFailed(failure: GrpcFailure, build: FailedBuild): AppError {
  const { dockerfile, step } = build;
  const said = plainReason(failure.message);
  const parse = /parse error (?:on )?line (\d+)/.exec(failure.message)?.[1];
  const line = lineOf(failure) ?? (parse === undefined ? lineOfStep(dockerfile.text, step?.name) : Number(parse));
  const where =
    line === undefined ? '' : ` (line ${line} of ${dockerfile.path === null ? 'its Dockerfile' : dockerfile.name})`;
  const position = positionOf(build, line);
  const remedy = remedyFor(said);
  return buildFailed(
    {
      image: build.image,
      service: build.service,
      reason: `${reasonWithStep(said, step?.name)}${where}`,
      log: step?.log ?? [],
      ...(position === undefined ? {} : { position }),
      ...(remedy === undefined ? {} : { remedy }),
    },
    failure,
  );
}

function positionOf({ dockerfile, inlineAt }: FailedBuild, line: number | undefined): Position | undefined {
  if (dockerfile.path === null) return inlineAt;
  return line === undefined ? undefined : { file: dockerfile.path, line, column: 1 };
}

/** BuildKit's own layers of words say nothing to a person. */
const wrappers =
  /^(?:failed to solve(?: with frontend [\w.-]+)?|failed to (?:build|create) LLB(?: definition)?|dockerfile parse error (?:on )?line \d+|rpc error: code = \w+ desc =|process "[^"]*" did not complete successfully):? /;

function plainReason(message: string): string {
  let text = message.trim();
  for (let next = text.replace(wrappers, ''); next !== text; next = text.replace(wrappers, '')) text = next;
  return text.split('\n')[0] ?? text;
}

function reasonWithStep(said: string, step: string | undefined): string {
  const code = /exit code: (\d+)$/.exec(said)?.[1];
  if (code === undefined || step === undefined) return said;
  return `${step.replace(/^\[[^\]]*\] /, '').slice(0, 200)} ended with exit code ${code}`;
}

function remedyFor(said: string): string | undefined {
  if (/no such host|dial tcp|connection refused|i\/o timeout|network is unreachable|TLS handshake/i.test(said)) {
    return 'Check the network and the registry, or load the image it starts from by hand (`docker load`).';
  }
  if (/authorization failed|unauthorized|access denied|authentication required/i.test(said)) {
    return 'Check the name of the image it starts from, or run `docker login`.';
  }
  if (/unknown instruction|unknown flag/i.test(said)) {
    return 'Correct the spelling; for newer syntax write “# syntax=docker/dockerfile:1” in the first line of the Dockerfile.';
  }
  if (/entitlement|insecure is not allowed|network\.host is not allowed/i.test(said)) {
    return 'Allow it in the engine’s configuration (builder.entitlements), or do without it.';
  }
  return undefined;
}

const rangesSchema = z.object({
  ranges: z.array(z.object({ start: z.object({ line: z.number().int().min(1) }) })).min(1),
});

/** The first line of the place in the Dockerfile that the engine names. */
function lineOf(failure: GrpcFailure): number | undefined {
  if (failure.grpcDetails === undefined) return undefined;
  try {
    for (const detail of rpcStatus.decode(failure.grpcDetails).details) {
      if (!/errdefs\.Source\b/.test(detail.typeUrl)) continue;
      const found = rangesSchema.safeParse(JSON.parse(Buffer.from(detail.value).toString('utf8')));
      if (found.success) return found.data.ranges[0]?.start.line;
    }
  } catch {
    // Details are a courtesy; without them the step's name is looked for.
  }
  return undefined;
}

/** `[build 2/3] RUN make` is looked for in the text, for engines that name no place. */
function lineOfStep(text: string | undefined, step: string | undefined): number | undefined {
  const instruction = step?.replace(/^\[[^\]]*\] /, '').trim();
  if (text === undefined || instruction === undefined || instruction === '') return undefined;
  const lines = text.split('\n').map((line) => line.trim().replace(/\s+/g, ' '));
  const index = lines.findIndex((line) => line !== '' && instruction.startsWith(line.replace(/\\$/, '').trim()));
  return index === -1 ? undefined : index + 1;
}
