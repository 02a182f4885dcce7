import type Docker from 'dockerode';

export interface CallOptions {
  readonly signal: AbortSignal;
  /**
   * Deadline of the call in milliseconds; `docker.not-responding` when it passes. Default 10 s. It covers the promise
   * that `run` returns: a stream it resolved to goes on for as long as `signal` lets it. Infinity: no deadline.
   */
  readonly timeoutMs?: number;
}

/**
 * The one way to talk to a Docker engine. dockerode waits for ever otherwise, and reports aborts as socket errors.
 * Errors come out as AppErrors: `docker.gone` (socket closed or refused), `docker.denied`, `docker.not-responding`
 * (deadline), `docker.refused` (the engine said no; details.status and details.message), or the signal's reason.
 */
export interface DockerClient {
  readonly engineId: string;
  /** `unix:///var/run/docker.sock`, without credentials. */
  readonly endpoint: string;
  /** `what` completes "The Docker engine did not …": `create container shop-db-1`. */
  call<T>(
    what: string,
    options: CallOptions,
    run: (docker: Docker, abortSignal: AbortSignal) => Promise<T>,
  ): Promise<T>;
  /** Errors of a stream that `call` gave out (pull, build, events), in the same words. */
  translate(error: unknown, what: string, signal?: AbortSignal): unknown;
  /** The deadline covers the whole command (default 60 s, `operation.timeout`); each engine call in it has its own. */
  exec(containerId: string, request: ExecRequest, options: CallOptions): Promise<ExecResult>;
  /** Drops every connection; calls under way fail as `docker.gone`. */
  close(): void;
}

/** A command in a running container, without a TTY, run to its end. */
export interface ExecRequest {
  readonly command: readonly string[];
  readonly user?: string;
  /** Null takes a variable of the container away. */
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly privileged?: boolean;
  readonly workingDir?: string;
  readonly stdin?: string | Uint8Array;
  /** Kept from each stream; the rest is dropped. Default 1 MiB. */
  readonly maxBytes?: number;
  /** Called with each complete line of standard output as it arrives, for progress. */
  readonly onLine?: (line: string) => void;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The client of the engine in use. Throws the engine's problem as an AppError when none is available. */
export type CurrentDocker = () => DockerClient;
