import type { ComposeProject, ComposeService } from '../../../../shared/domain/compose-model.ts';
import { nearest } from '../../../../shared/domain/nearest.ts';
import type { Position } from '../../../../shared/domain/position.ts';
import { findCycle } from './cycles.ts';
import type { Finding, Problems } from './problems.ts';
import { parseRange } from './short-ports.ts';

type Path = readonly (string | number)[];

export interface ConsistencyInput {
  readonly project: ComposeProject;
  /** Services that no active profile enables. */
  readonly disabled: ReadonlySet<string>;
  positionOf(path: Path): Position | undefined;
}

/** Checks that the parts of a project fit each other. */
export function checkConsistency({ project, disabled, positionOf }: ConsistencyInput, problems: Problems): void {
  let suggested = 0;
  const report = (path: Path, finding: Pick<Finding, 'message' | 'remedy'> & Partial<Pick<Finding, 'code'>>): void =>
    problems.error({ code: 'compose.invalid', position: positionOf(path), path, ...finding });

  for (const [name, service] of Object.entries(project.services)) checkService(name, service);
  checkContainerNames();
  checkPorts();
  const cycle = findCycle(Object.keys(project.services), (name) =>
    Object.keys(project.services[name]?.depends_on ?? {}),
  );
  if (cycle !== undefined) {
    report(['services', cycle[0]!, 'depends_on', cycle[1]!], {
      code: 'compose.cycle',
      message: `These services wait for each other: ${cycle.join(' → ')}.`,
      remedy: 'Remove one of these dependencies.',
    });
  }

  /** Only for as many as are shown: looking through thousands of names for thousands of words takes minutes. */
  function suggest(wanted: string, known: object): string | undefined {
    suggested += 1;
    return suggested > 100 ? undefined : nearest(wanted, Object.keys(known));
  }

  function checkReference(path: Path, wanted: string, kind: string, section: string, known: object | undefined): void {
    if (Object.hasOwn(known ?? {}, wanted)) return;
    const close = suggest(wanted, known ?? {});
    report(path, {
      message: `The ${kind} “${wanted}” is not defined.`,
      remedy: close === undefined ? `Add it under the top-level “${section}:”.` : `Did you mean “${close}”?`,
    });
  }

  function checkServiceReference(path: Path, wanted: string): void {
    if (Object.hasOwn(project.services, wanted)) return;
    if (disabled.has(wanted)) {
      report(path, {
        message: `The service “${wanted}” is needed here, but its profile is not active.`,
        remedy: 'Activate the profile, or write “required: false” for this dependency.',
      });
      return;
    }
    const close = suggest(wanted, project.services);
    report(path, {
      message: `The service “${wanted}” does not exist.`,
      remedy: close === undefined ? 'Name a service of this project.' : `Did you mean “${close}”?`,
    });
  }

  function checkService(name: string, service: ComposeService): void {
    const at = (...rest: Path): Path => ['services', name, ...rest];
    if (service.build === undefined && service.image === undefined) {
      report(at(), {
        message: `The service “${name}” has neither an image nor a build.`,
        remedy: 'Add “image:” or “build:”.',
      });
    }
    checkBuild(service, at);
    const networks = Object.keys(service.networks ?? {});
    if (service.network_mode !== undefined && networks.length > 0) {
      report(at('network_mode'), {
        message: `The service “${name}” has network_mode and networks, which exclude each other.`,
        remedy: 'Keep one of them.',
      });
    }
    for (const network of networks) {
      checkReference(at('networks', network), network, 'network', 'networks', project.networks);
    }
    const [kind] = service.healthcheck?.test ?? [];
    if (kind !== undefined && !['CMD', 'CMD-SHELL', 'NONE'].includes(kind)) {
      report(at('healthcheck', 'test'), {
        message: `A health test starts with CMD, CMD-SHELL or NONE, not “${kind}”.`,
        remedy: 'Write the test as text, or put “CMD” before it.',
      });
    }
    for (const [wanted, dependency] of Object.entries(service.depends_on ?? {})) {
      if (disabled.has(wanted) && !dependency.required) continue;
      checkServiceReference(at('depends_on', wanted), wanted);
    }
    for (const [index, mount] of (service.volumes ?? []).entries()) {
      if (mount.type === 'volume' && mount.source !== undefined) {
        checkReference(at('volumes', index, 'source'), mount.source, 'volume', 'volumes', project.volumes);
      }
    }
    for (const section of ['secrets', 'configs'] as const) {
      for (const [index, mount] of (service[section] ?? []).entries()) {
        const kindName = section === 'secrets' ? 'secret' : 'config';
        checkReference(at(section, index, 'source'), mount.source, kindName, section, project[section]);
      }
    }
    checkAmounts(name, service, at);
    checkTargets(service, at);
    for (const [index, trigger] of watchOf(service).entries()) {
      if ((trigger.target ?? '') === '' && trigger.action !== 'rebuild' && trigger.action !== 'restart') {
        report(at('develop', 'watch', index), {
          message: `The action “${trigger.action}” needs a target.`,
          remedy: 'Add “target:” with a path in the container.',
        });
      }
    }
  }

  function checkBuild(service: ComposeService, at: (...rest: Path) => Path): void {
    const { build } = service;
    if (build === undefined) return;
    if (build.dockerfile !== undefined && build.dockerfile_inline !== undefined) {
      report(at('build', 'dockerfile_inline'), {
        message: 'dockerfile and dockerfile_inline exclude each other.',
        remedy: 'Keep one of them.',
      });
    }
    for (const [key, context] of Object.entries(build.additional_contexts ?? {})) {
      if (!context.startsWith('service:')) continue;
      const wanted = context.slice('service:'.length);
      const path = at('build', 'additional_contexts', key);
      checkServiceReference(path, wanted);
      if (project.services[wanted] !== undefined && project.services[wanted].build === undefined) {
        report(path, {
          message: `The service “${wanted}” is not built here.`,
          remedy: 'Name a service with “build:”.',
        });
      }
    }
    if (
      service.platform !== undefined &&
      build.platforms !== undefined &&
      !build.platforms.includes(service.platform)
    ) {
      report(at('build', 'platforms'), {
        message: `The platform of the service, ${service.platform}, is not among those it is built for.`,
        remedy: `Add ${service.platform} to build.platforms.`,
      });
    }
    for (const [index, secret] of (build.secrets ?? []).entries()) {
      checkReference(at('build', 'secrets', index, 'source'), secret.source, 'secret', 'secrets', project.secrets);
    }
  }

  function checkAmounts(name: string, service: ComposeService, at: (...rest: Path) => Path): void {
    const { scale, deploy } = service;
    const distinct = (own: string, other: string, path: Path): void =>
      report(path, {
        message: `The service “${name}” gives different values for ${own} and ${other}.`,
        remedy: 'Keep one of them.',
      });
    if (scale !== undefined && deploy?.replicas !== undefined && scale !== deploy.replicas) {
      distinct('scale', 'deploy.replicas', at('scale'));
    }
    if ((scale ?? 0) < 0) report(at('scale'), { message: 'scale cannot be negative.', remedy: 'Give 0 or more.' });
    if ((deploy?.replicas ?? 0) < 0) {
      report(at('deploy', 'replicas'), { message: 'deploy.replicas cannot be negative.', remedy: 'Give 0 or more.' });
    }
    const limits = deploy?.resources?.limits;
    if (limits !== undefined) {
      if (service.cpus !== undefined && service.cpus !== Number(limits.cpus ?? 0)) {
        distinct('cpus', 'deploy.resources.limits.cpus', at('cpus'));
      }
      if (service.mem_limit !== undefined && service.mem_limit !== (limits.memory ?? '0')) {
        distinct('mem_limit', 'deploy.resources.limits.memory', at('mem_limit'));
      }
      if (service.pids_limit !== undefined && service.pids_limit !== (limits.pids ?? 0)) {
        distinct('pids_limit', 'deploy.resources.limits.pids', at('pids_limit'));
      }
    }
    const reserved = deploy?.resources?.reservations;
    if (
      reserved !== undefined &&
      service.mem_reservation !== undefined &&
      service.mem_reservation !== (reserved.memory ?? '0')
    ) {
      distinct('mem_reservation', 'deploy.resources.reservations.memory', at('mem_reservation'));
    }
    if ((scale ?? deploy?.replicas ?? 1) > 1 && service.container_name !== undefined) {
      report(at('container_name'), {
        message: `${scale ?? deploy?.replicas} containers of “${name}” cannot all be called “${service.container_name}”.`,
        remedy: 'Remove container_name, or run one container.',
      });
    }
  }

  function checkTargets(service: ComposeService, at: (...rest: Path) => Path): void {
    const mounts = new Map<string, string>();
    const add = (target: string, label: string, path: Path): void => {
      const before = mounts.get(target);
      if (before === undefined) mounts.set(target, label);
      else report(path, { message: `${target} is already mounted by ${before}.`, remedy: 'Remove one of the two.' });
    };
    for (const [index, tmpfs] of (service.tmpfs ?? []).entries()) {
      add(tmpfs.split(':', 1)[0]!, `tmpfs[${index}]`, at('tmpfs', index));
    }
    for (const [index, mount] of (service.volumes ?? []).entries()) {
      add(mount.target, `volumes[${index}]`, at('volumes', index, 'target'));
    }
  }

  function checkContainerNames(): void {
    const names = new Map<string, string>();
    for (const [name, service] of Object.entries(project.services)) {
      if (service.container_name === undefined) continue;
      const before = names.get(service.container_name);
      if (before === undefined) names.set(service.container_name, name);
      else {
        report(['services', name, 'container_name'], {
          message: `The services “${before}” and “${name}” both want the container name “${service.container_name}”.`,
          remedy: 'Change one of them.',
        });
      }
    }
  }

  /** Two services on one host port can take turns; started together, the second one fails. */
  function checkPorts(): void {
    const taken = new Map<string, { readonly service: string; readonly ip: string }[]>();
    for (const [name, service] of Object.entries(project.services)) {
      for (const [index, port] of (service.ports ?? []).entries()) {
        const range = port.published === undefined ? undefined : parseRange(port.published);
        // A range leaves the choice to the engine; 0 does too.
        if (range === undefined || range[0] !== range[1] || range[0] === 0) continue;
        const key = `${range[0]}/${port.protocol ?? 'tcp'}`;
        const ip = port.host_ip ?? '';
        const others = taken.get(key) ?? [];
        const any = (address: string): boolean => address === '' || address === '0.0.0.0' || address === '::';
        const clash = others.find((other) => other.ip === ip || any(other.ip) || any(ip));
        if (clash !== undefined) {
          const path = ['services', name, 'ports', index];
          const position = positionOf(path);
          problems.warn({
            code: 'compose.invalid',
            message: `The host port ${key} is published by “${clash.service}” too: only one of them can run at a time.`,
            remedy: 'Publish another port, or leave the choice to the engine.',
            ...(position === undefined ? {} : { position }),
            path,
          });
        }
        taken.set(key, [...others, { service: name, ip }]);
      }
    }
  }
}

interface WatchTrigger {
  readonly action: string;
  readonly target?: string;
}

function watchOf(service: ComposeService): readonly WatchTrigger[] {
  return (service.develop as { readonly watch?: readonly WatchTrigger[] } | undefined)?.watch ?? [];
}
