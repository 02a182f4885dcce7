import { delimiter, join } from 'node:path';
import type { EngineView } from '../../../../shared/contract/engines.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { Candidate } from './endpoints.ts';
import type { Surroundings } from './surroundings.ts';

export type EngineProblem = NonNullable<EngineView['problem']>;
export type EngineState = EngineView['state'];

/** Why an engine cannot be used, in words that fit this machine. */
export async function explain(
  around: Surroundings,
  candidate: Candidate,
  error: unknown,
): Promise<{ readonly state: EngineState; readonly problem: EngineProblem }> {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof AppError))
    return { state: 'gone', problem: { message, remedy: 'Check the engine and try again.' } };
  switch (error.code) {
    case 'docker.denied':
      return { state: 'denied', problem: await denied(around, candidate) };
    case 'docker.not-responding':
      return {
        state: 'not-responding',
        problem: {
          message: `The engine at ${candidate.endpointText} accepts connections but does not answer.`,
          remedy: `Wait a little; if it stays so, ${restartWords(around, candidate)}.`,
        },
      };
    case 'docker.gone':
      return gone(around, candidate, error);
    default:
      return { state: 'gone', problem: { message: error.message, remedy: error.remedy } };
  }
}

async function gone(
  around: Surroundings,
  candidate: Candidate,
  error: AppError,
): Promise<{ readonly state: EngineState; readonly problem: EngineProblem }> {
  const endpoint = candidate.endpoint;
  if (endpoint?.kind === 'ssh' || endpoint?.kind === 'tcp') {
    return {
      state: 'gone',
      problem: {
        message: error.message,
        remedy: `Check that the machine ${endpoint.host} is up and its engine reachable from here.`,
      },
    };
  }
  if (error.details?.['cause'] !== 'ENOENT') {
    return {
      state: 'gone',
      problem: {
        message: `Nothing answers at ${candidate.endpointText}: the engine is not running.`,
        remedy: `To start it, ${startWords(around, candidate)}.`,
      },
    };
  }
  if (candidate.id === 'socket:default' && !(await installed(around))) {
    return {
      state: 'not-found',
      problem: {
        message: 'No Docker engine was found on this machine.',
        remedy:
          around.platform === 'linux'
            ? 'Install Docker Engine (https://docs.docker.com/engine/install/) or Podman, then detect again.'
            : 'Install Docker Desktop, OrbStack, Colima or Podman, start it, then detect again.',
      },
    };
  }
  return {
    state: 'not-found',
    problem: {
      message: `There is no engine at ${candidate.endpointText}: it is not running.`,
      remedy: `To start it, ${startWords(around, candidate)}.`,
    },
  };
}

async function denied(around: Surroundings, candidate: Candidate): Promise<EngineProblem> {
  const path = candidate.endpoint?.kind === 'unix' ? candidate.endpoint.path : undefined;
  const message = `You may not use the engine at ${candidate.endpointText}: permission denied.`;
  const gid = path === undefined ? undefined : await around.groupOf(path);
  if (gid === undefined) return { message, remedy: 'Ask whoever runs the engine for access to its socket.' };
  const group = await groupNamed(around, gid);
  const name = group?.name ?? String(gid);
  if (gid === 0) {
    return {
      message,
      remedy: 'Only root may use this socket. Use rootless Docker, or give the socket a group and join it.',
    };
  }
  if (group?.members.includes(around.userName) === true && !around.groupIds.includes(gid)) {
    return {
      message: `${message} You are in the group ${name}, but this session began before that.`,
      remedy: 'Log out and in again.',
    };
  }
  return {
    message,
    remedy: `Join the group ${name} with \`sudo usermod -aG ${name} ${around.userName}\`, then log out and in.`,
  };
}

/** From /etc/group: `name:password:gid:member,member`. */
async function groupNamed(
  around: Surroundings,
  gid: number,
): Promise<{ readonly name: string; readonly members: readonly string[] } | undefined> {
  const text = await around.files.readText('/etc/group').catch(() => '');
  for (const line of text.split('\n')) {
    const [name, , id, members = ''] = line.split(':');
    if (name !== undefined && Number(id) === gid) return { name, members: members.split(',').filter((m) => m !== '') };
  }
  return undefined;
}

async function installed(around: Surroundings): Promise<boolean> {
  const names = around.platform === 'win32' ? ['docker.exe', 'podman.exe'] : ['dockerd', 'docker', 'podman'];
  const folders = (around.environment['PATH'] ?? '').split(delimiter);
  for (const folder of [...folders, '/usr/bin', '/usr/sbin', '/usr/local/bin', '/opt/homebrew/bin']) {
    if (folder === '') continue;
    for (const name of names) {
      if ((await around.files.info(join(folder, name)).catch(() => undefined)) !== undefined) return true;
    }
  }
  return false;
}

function startWords(around: Surroundings, candidate: Candidate): string {
  if (/colima/.test(candidate.id)) return 'run `colima start`';
  if (/orbstack/.test(candidate.id)) return 'open OrbStack';
  if (/rancher/.test(candidate.id)) return 'open Rancher Desktop';
  if (/podman-machine/.test(candidate.id)) return 'run `podman machine start`';
  if (/podman-system/.test(candidate.id)) return 'run `sudo systemctl start podman.socket`';
  if (/podman/.test(candidate.id)) return 'run `systemctl --user start podman.socket`';
  if (/desktop/.test(candidate.id)) return 'open Docker Desktop';
  if (/rootless/.test(candidate.id)) return 'run `systemctl --user start docker`';
  return around.platform === 'linux' ? 'run `sudo systemctl start docker`' : 'open Docker Desktop';
}

function restartWords(around: Surroundings, candidate: Candidate): string {
  return startWords(around, candidate)
    .replace(/ start\b/, ' restart')
    .replace(/^open /, 'restart ');
}
