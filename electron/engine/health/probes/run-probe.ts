import type { Probe } from '../../../../shared/domain/checks.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Address, Dial } from '../../platform/network.ts';
import { linkedSignal } from '../../streams/linked-signal.ts';
import { type AmqpLogin, probeAmqp } from './amqp.ts';
import { type Conversation, converse } from './conversation.ts';
import { failureText, oneLine, ProbeFailure } from './failure.ts';
import { probeHttp } from './http.ts';
import { probeMysql } from './mysql.ts';
import { type PostgresLogin, probePostgres } from './postgres.ts';
import { probeRedis } from './redis.ts';
import { probeTcp } from './tcp.ts';

/** Where and as whom a service is asked. Found out anew for each probe: containers come and go. */
export interface ProbeTarget {
  /** Where the probe's port can be reached from here; absent for commands. */
  readonly address?: Address;
  readonly postgres?: PostgresLogin;
  readonly amqp?: AmqpLogin;
  /** Runs the probe's command where it belongs; its exit code and output. */
  readonly run?: (
    command: readonly string[],
    options: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ) => Promise<{ readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }>;
}

export interface ProbeAnswer {
  readonly ok: boolean;
  /** Milliseconds; null when it did not answer at all. */
  readonly latencyMs: number | null;
  /** One line for the user. */
  readonly detail: string;
}

export interface ProbeDeps {
  readonly dial: Dial;
  readonly clock: Clock;
}

/**
 * Asks a service once. Never throws but for the signal's reason: whatever goes wrong is an answer, within `timeoutMs`.
 */
export async function runProbe(
  deps: ProbeDeps,
  probe: Probe,
  target: ProbeTarget,
  options: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<ProbeAnswer> {
  options.signal.throwIfAborted();
  const late = (): ProbeFailure => new ProbeFailure(`It did not answer within ${options.timeoutMs / 1000} s.`);
  const { signal, release } = linkedSignal(options.signal, options.timeoutMs, late);
  const from = deps.clock.monotonic();
  try {
    const { detail, latencyMs } = await ask(deps, probe, target, signal, options.timeoutMs);
    return { ok: true, latencyMs: latencyMs ?? deps.clock.monotonic() - from, detail: oneLine(detail) };
  } catch (error) {
    if (options.signal.aborted) throw options.signal.reason;
    const answered = error instanceof ProbeFailure && !signal.aborted;
    return { ok: false, latencyMs: answered ? deps.clock.monotonic() - from : null, detail: failureText(error) };
  } finally {
    release();
  }
}

interface Good {
  readonly detail: string;
  /** Where the probe itself waits, the time without that. */
  readonly latencyMs?: number;
}

async function ask(
  deps: ProbeDeps,
  probe: Probe,
  target: ProbeTarget,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<Good> {
  if (probe.command !== undefined) return { detail: await runCommand(probe.command.run, target, signal, timeoutMs) };
  const { address } = target;
  if (address === undefined) throw new ProbeFailure('Its port cannot be reached from here. Publish the port.');
  if (probe.http !== undefined) return { detail: await probeHttp(address, probe.http, deps.clock.now(), signal) };
  const from = deps.clock.monotonic();
  const socket = await deps.dial(address, signal);
  if (probe.tcp !== undefined) {
    const latencyMs = deps.clock.monotonic() - from;
    try {
      return { detail: await probeTcp(socket, signal), latencyMs };
    } finally {
      socket.destroy();
    }
  }
  const peer = converse(socket, signal);
  try {
    return { detail: await speak(probe, target, peer) };
  } finally {
    peer.close();
  }
}

function speak(probe: Probe, target: ProbeTarget, peer: Conversation): Promise<string> {
  if (probe.postgres !== undefined) {
    const login = target.postgres ?? { user: 'postgres', database: 'postgres' };
    return probePostgres(peer, {
      user: probe.postgres.user ?? login.user,
      database: probe.postgres.database ?? probe.postgres.user ?? login.database,
    });
  }
  if (probe.redis !== undefined) return probeRedis(peer);
  if (probe.mysql !== undefined) return probeMysql(peer);
  return probeAmqp(peer, target.amqp);
}

async function runCommand(
  command: readonly string[],
  target: ProbeTarget,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<string> {
  if (target.run === undefined) throw new ProbeFailure('Its command cannot be run: the service does not run.');
  const { exitCode, stdout, stderr } = await target.run(command, { signal, timeoutMs });
  const said = lastLine(stderr) ?? lastLine(stdout);
  if (exitCode === 0) return lastLine(stdout) ?? 'The command ended with 0.';
  throw new ProbeFailure(`The command ended with ${exitCode ?? 'a signal'}${said === undefined ? '.' : `: ${said}`}`);
}

function lastLine(text: string): string | undefined {
  const line = text.trimEnd().split('\n').at(-1)?.trim();
  return line === undefined || line === '' ? undefined : line;
}
