import type { DiscoveredProject, ExplainedValue } from '../../shared/contract/compose-projects.ts';
import type { StackExplanation, StackPreview } from '../../shared/contract/environments.ts';

/** What `docker compose` started here, as the samples have it. */
export const discovered = (minutesAgo: (minutes: number) => string): DiscoveredProject[] => [
  {
    projectName: 'billing',
    folder: '/home/sam/work/billing',
    files: ['/home/sam/work/billing/compose.yaml'],
    services: ['api', 'db', 'queue'],
    containers: { running: 3, total: 3 },
    createdAt: minutesAgo(64),
    problem: null,
  },
  {
    projectName: 'shop-review',
    folder: '/home/sam/work/shop',
    files: ['/home/sam/work/shop/compose.yaml', '/home/sam/work/shop/deploy/review.yml'],
    services: ['cart', 'catalogue', 'db', 'mail', 'search', 'web', 'worker'],
    containers: { running: 5, total: 7 },
    createdAt: minutesAgo(60 * 26),
    problem: null,
  },
  {
    projectName: 'old-experiment',
    folder: '/home/sam/tmp/old-experiment',
    files: ['/home/sam/tmp/old-experiment/docker-compose.yml'],
    services: ['app'],
    containers: { running: 0, total: 1 },
    createdAt: minutesAgo(60 * 24 * 19),
    problem: {
      message: 'Its folder is not there any more.',
      remedy: 'Put it back, or add the folder where it is now by hand.',
    },
  },
];

const plainValue = (service: string, path: string, value: string, line: number): ExplainedValue => ({
  service,
  path,
  value,
  position: `/home/sam/work/trading/compose.yaml:${line}:7`,
  written: null,
  variables: [],
});

function valuesOf(service: string, index: number): ExplainedValue[] {
  const line = 4 + index * 14;
  return [
    {
      ...plainValue(service, 'image', `registry.example/${service}:2.1.0`, line),
      written: `\${REGISTRY:-registry.example}/${service}:\${TAG}`,
      variables: [
        { name: 'REGISTRY', from: 'default', position: null },
        { name: 'TAG', from: 'file', position: '/home/sam/work/trading/.env:3:1' },
      ],
    },
    plainValue(service, 'command', 'serve --port 8080', line + 1),
    plainValue(service, 'environment.PGHOST', 'timescaledb', line + 3),
    {
      ...plainValue(service, 'environment.PGUSER', 'sam', line + 4),
      written: '$USER',
      variables: [{ name: 'USER', from: 'shell', position: null }],
    },
    {
      ...plainValue(service, 'environment.FEATURES', '', line + 5),
      written: '$FEATURES',
      variables: [{ name: 'FEATURES', from: 'unset', position: null }],
    },
    { ...plainValue(service, 'healthcheck.interval', '10s', 12), position: '/home/sam/work/trading/base.yaml:12:17' },
    {
      ...plainValue(service, 'ports[0].published', String(8080 + index), line + 8),
      written: `\${PORT:-${8080 + index}}:80`,
      variables: [{ name: 'PORT', from: 'default', position: null }],
    },
    plainValue(service, 'ports[0].target', '80', line + 8),
    plainValue(service, 'networks.default', 'null', line),
  ];
}

export function explanation(services: readonly string[]): StackExplanation {
  return {
    projectName: 'trading',
    folder: '/home/sam/work/trading',
    files: ['/home/sam/work/trading/compose.yaml'],
    envFiles: [],
    values: [
      ...services.flatMap(valuesOf),
      {
        service: null,
        path: 'volumes.db.name',
        value: 'trading_db',
        position: '/home/sam/work/trading/compose.yaml:200:3',
        written: null,
        variables: [],
      },
    ],
    problems: [],
    risks: services.includes('api')
      ? [
          {
            service: 'api',
            kind: 'socket',
            message: 'mounts the socket of the engine: whoever is in it rules this machine.',
            position: { file: '/home/sam/work/trading/compose.yaml', line: 41, column: 9 },
          },
        ]
      : [],
  };
}

export const manyNames: readonly string[] = Array.from(
  { length: 500 },
  (_, index) => `service-${String(index + 1).padStart(3, '0')}`,
);

/** A stack with 500 services. */
export const large = (preview: StackPreview): StackPreview => ({
  ...preview,
  stackName: 'large',
  projectName: 'large',
  services: manyNames.map((name, index) => ({
    name,
    image: `registry.example/${name}:2.1.0`,
    build: null,
    ports: [`${20_000 + index}:80`],
    volumes: [],
    dependsOn: index === 0 ? [] : [manyNames[index - 1] ?? ''],
    position: { file: `${preview.folder}/compose.yaml`, line: 4 + index * 14, column: 3 },
  })),
  creates: manyNames.map((name) => ({
    resource: 'container',
    name: `large-${name}-1`,
    service: name,
    action: 'create',
    cost: 'none',
    reason: 'it does not exist yet',
    bytes: null,
  })),
});
