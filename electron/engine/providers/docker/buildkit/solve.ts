import type { ComposeBuild } from '../../../../../shared/domain/compose-model.ts';
import { AppError } from '../../../../../shared/errors.ts';
import type { EnvironmentTarget, Progress } from '../../provider.ts';
import { buildRefused } from '../build-errors.ts';
import type { BuildOptions } from '../build-options.ts';
import { secretTexts } from '../build-secrets.ts';
import type { BuildSource } from '../build-source.ts';
import type { DockerClient } from '../client.ts';
import { buildContexts } from './contexts.ts';
import { solveFailed } from './failure.ts';
import { isGrpcFailure } from './grpc.ts';
import { type GrpcClient, grpcClient, unary } from './grpc-client.ts';
import type { ServerHandler } from './grpc-server.ts';
import { hostGatewayOf } from './host-gateway.ts';
import { solveRequest, statusAnswer, statusRequest } from './messages.ts';
import { createBuildProgress } from './progress.ts';
import { solveRequestOf } from './request.ts';
import { checkAgentService, forwardAgentService, type SshAgents } from './service-ssh.ts';
import { syncService } from './service-sync.ts';
import { credentialsService, type RegistryLogin, secretService } from './services.ts';
import { openSession } from './session.ts';
import { upgradeToHttp2 } from './upgrade.ts';

export interface SolveInput {
  readonly target: EnvironmentTarget;
  readonly serviceName: string;
  readonly build: ComposeBuild;
  readonly source: BuildSource;
  readonly options: BuildOptions;
  readonly secrets: ReadonlyMap<string, Uint8Array>;
  readonly agents: SshAgents;
  readonly login: (registry: string) => Promise<RegistryLogin | undefined>;
  /** Of the engine. */
  readonly api: string;
}

/** How often an engine that builds is asked whether it is still there, and how long it may take to answer, ms. */
const askEveryMs = 15_000;
const answerWithinMs = 60_000;
/** The last lines of output come after the result. */
const lastLinesMs = 5_000;

/**
 * Builds an image with the engine's BuildKit. Throws `docker.build-failed` with the place in the Dockerfile, the
 * signal's reason on abort, which ends the build in the engine, and `docker.gone` or `docker.not-responding`.
 */
export async function solveBuild(
  client: DockerClient,
  input: SolveInput,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const { image } = input.options;
  const what = `build image ${image}`;
  const { trees, attributes, sharedKey } = await buildContexts(
    input.target,
    input.serviceName,
    input.build,
    input.source,
    input.api,
  );
  const shown = createBuildProgress(image, secretTexts(input.secrets), progress);
  let ours: unknown;
  const files = syncService(trees, {
    onBytes: (tree, sent, asked) => {
      if (tree !== 'dockerfile') shown.sent(sent, asked);
    },
    onFailure: (error) => {
      if (error instanceof AppError) ours ??= error;
    },
  });
  const stop = new AbortController();
  const forward = (): void => stop.abort(signal.reason);
  signal.addEventListener('abort', forward, { once: true });
  let session: Awaited<ReturnType<typeof openSession>> | undefined;
  let control: GrpcClient | undefined;
  try {
    signal.throwIfAborted();
    session = await openSession(client, sharedKey, servicesOf(input, files), stop.signal);
    control = grpcClient(await upgradeToHttp2(client, '/grpc', {}, stop.signal));
    const request = solveRequestOf({
      ...input,
      session: session.id,
      attributes,
      hostGateway: await hostGatewayOf(client, control, input.options, stop.signal),
    });
    const live = control;
    const watched = watch(live, session.closed, stop);
    const status = live.call(
      '/moby.buildkit.v1.Control/Status',
      statusRequest.encode({ ref: request.ref }),
      (message) => shown.take(statusAnswer.decode(message)),
      stop.signal,
    );
    const told = status.catch(() => undefined);
    try {
      const solve = unary(live, '/moby.buildkit.v1.Control/Solve', solveRequest.encode(request), stop.signal);
      await Promise.race([solve, watched.failed]);
    } finally {
      watched.end();
      if (!stop.signal.aborted) await Promise.race([told, pause(lastLinesMs)]);
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (ours !== undefined) throw ours;
    if (!isGrpcFailure(error)) throw client.translate(error, what, signal);
    if (/cache export/i.test(error.message)) throw cacheRefused(input, error.message);
    const inlineAt = input.target.positionOf?.(['services', input.serviceName, 'build', 'dockerfile_inline']);
    throw solveFailed(error, {
      image,
      service: input.serviceName,
      dockerfile: input.source.dockerfile,
      inlineAt: input.build.dockerfile_inline === undefined ? undefined : inlineAt,
      step: shown.failed(),
    });
  } finally {
    signal.removeEventListener('abort', forward);
    // Ends what is still under way, on both sides.
    stop.abort(signal.reason ?? new Error('the build is over'));
    control?.close();
    session?.close();
  }
}

function servicesOf(input: SolveInput, files: ServerHandler): ReadonlyMap<string, ServerHandler> {
  const services = new Map<string, ServerHandler>([
    ['/moby.filesync.v1.FileSync/DiffCopy', files],
    ['/moby.filesync.v1.Auth/Credentials', credentialsService(input.login)],
  ]);
  if (input.secrets.size > 0) services.set('/moby.buildkit.secrets.v1.Secrets/GetSecret', secretService(input.secrets));
  if (input.agents.size > 0) {
    services.set('/moby.sshforward.v1.SSH/CheckAgent', checkAgentService(input.agents));
    services.set('/moby.sshforward.v1.SSH/ForwardAgent', forwardAgentService(input.agents));
  }
  return services;
}

function cacheRefused({ target, serviceName }: SolveInput, said: string): AppError {
  return buildRefused(target, ['services', serviceName, 'build', 'cache_to'], {
    message: `services.${serviceName}.build.cache_to: this engine cannot write such a cache (${said}).`,
    remedy: 'Use type=inline, or remove it: the engine keeps a cache of its own.',
  });
}

interface Watch {
  /** Rejects when the engine is gone or silent. */
  readonly failed: Promise<never>;
  end(): void;
}

/** A step may say nothing for an hour; the engine itself answers pings all the while. */
function watch(control: GrpcClient, sessionClosed: Promise<void>, stop: AbortController): Watch {
  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  const failed = new Promise<never>((_resolve, reject) => {
    const ask = (): void => {
      const silent = setTimeout(() => reject(notAnswering()), answerWithinMs);
      control.ping().then(
        () => {
          clearTimeout(silent);
          if (!ended) timer = setTimeout(ask, askEveryMs);
        },
        () => clearTimeout(silent),
      );
    };
    timer = setTimeout(ask, askEveryMs);
    control.lost.catch(reject);
    void sessionClosed.then(() => {
      reject(Object.assign(new Error('the session ended'), { code: 'ECONNRESET' }));
    });
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason), { once: true });
  });
  failed.catch(() => undefined);
  return {
    failed,
    end() {
      ended = true;
      clearTimeout(timer);
    },
  };
}

function notAnswering(): AppError {
  return new AppError({
    code: 'docker.not-responding',
    message: `The Docker engine did not answer for ${answerWithinMs / 1000} s while it was building.`,
    remedy: 'Check the engine, then try again.',
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
