import type { Existing } from '../../electron/engine/providers/docker/containers.ts';
import type { EngineState } from '../../electron/engine/providers/docker/plan-state.ts';
import { type ContainerInfo, composeLabels, type EnvironmentTarget } from '../../electron/engine/providers/provider.ts';
import type { ComposeService } from '../../shared/domain/compose-model.ts';

/** A valid target with only what a test says. */
export function targetOf(
  services: Readonly<Record<string, ComposeService>>,
  more: Partial<EnvironmentTarget> & { readonly project?: Partial<EnvironmentTarget['project']> } = {},
): EnvironmentTarget {
  const { project, ...rest } = more;
  return {
    id: 'shop/main',
    stackName: 'shop',
    name: 'main',
    class: 'development',
    folder: '/work/shop',
    files: ['/work/shop/compose.yaml'],
    projectName: 'shop',
    configHashes: Object.fromEntries(Object.keys(services).map((name) => [name, `hash-${name}`])),
    excludedVolumes: [],
    gateTimeoutMs: 1000,
    ...rest,
    project: { name: 'shop', networks: { default: { name: 'shop_default' } }, ...project, services },
  };
}

/** A container of `shop` that is as `targetOf` declares it. */
export function containerOf(service: string, more: Partial<ContainerInfo> & { asideOf?: string } = {}): Existing {
  const { asideOf, ...info } = more;
  const number = info.number ?? 1;
  return {
    asideOf: asideOf ?? null,
    info: {
      id: `${service}${number}`.padEnd(64, '0'),
      name: `shop-${service}-${number}`,
      projectName: 'shop',
      service,
      number,
      state: 'running',
      health: null,
      image: `shop-${service}`,
      imageId: `sha256:${service}`,
      command: 'sleep',
      createdAt: '2026-01-01T00:00:00.000Z',
      startedAt: '2026-01-01T00:00:01.000Z',
      finishedAt: null,
      exitCode: null,
      oomKilled: false,
      error: null,
      restarts: 0,
      ports: [],
      mounts: [],
      networks: ['shop_default'],
      addresses: [],
      restartPolicy: 'no',
      limits: { cpus: null, memoryBytes: null },
      labels: { [composeLabels.configHash]: `hash-${service}`, [composeLabels.service]: service },
      ...info,
    },
    detail: {
      Config: {},
      HostConfig: {},
      NetworkSettings: { Networks: { shop_default: { NetworkID: 'net1' } } },
    },
  };
}

export function stateOf(containers: readonly Existing[], more: Partial<EngineState> = {}): EngineState {
  return {
    now: new Date('2026-01-02T00:00:00Z'),
    api: '1.41',
    os: 'linux',
    local: true,
    containers,
    everything: containers.map(({ info }) => ({
      id: info.id,
      name: info.name,
      state: info.state,
      projectName: info.projectName,
      service: info.service,
      oneOff: false,
      ports: [],
      volumes: [],
      networks: [...info.networks],
    })),
    networks: [
      { Id: 'net1', Name: 'shop_default', Driver: 'bridge', Internal: false, Attachable: false, EnableIPv6: false },
    ],
    volumes: [],
    images: new Map(
      containers.map(({ info }) => [
        info.image,
        { id: `sha256:${info.service}`, platform: 'linux/amd64', volumes: [], taggedAt: null, config: {} },
      ]),
    ),
    ...more,
  };
}
