import type { StackPreview } from '../../shared/contract/environments.ts';

/** What a folder would become. */
export const preview = (folder: string, broken: boolean): StackPreview => ({
  folder,
  stackName: 'trading',
  projectName: 'trading',
  class: 'development',
  files: [`${folder}/compose.yaml`, `${folder}/compose.override.yaml`],
  goldenFile: null,
  services: ['timescaledb', 'redpanda', 'redis', 'api', 'web'].map((name, index) => ({
    name,
    image: index < 3 ? `registry.example/${name}:2.1.0` : null,
    build: index < 3 ? null : `./${name}`,
    ports: [`${8080 + index}`],
    volumes: index < 2 ? [`${name}-data`] : [],
    dependsOn: [],
    position: { file: `${folder}/compose.yaml`, line: 4 + index * 9, column: 3 },
  })),
  creates: [
    {
      resource: 'image',
      name: 'registry.example/redpanda:2.1.0',
      service: 'redpanda',
      action: 'pull',
      cost: 'none',
      reason: '',
      bytes: 412_000_000,
    },
    {
      resource: 'network',
      name: 'trading_default',
      service: null,
      action: 'create',
      cost: 'none',
      reason: '',
      bytes: null,
    },
    {
      resource: 'volume',
      name: 'trading_timescaledb-data',
      service: 'timescaledb',
      action: 'create',
      cost: 'none',
      reason: '',
      bytes: null,
    },
  ],
  adopts: folder.includes('billing'),
  keeps: folder.includes('billing')
    ? [
        {
          resource: 'volume',
          name: 'billing_db',
          service: null,
          action: 'keep',
          cost: 'none',
          reason: 'it stays where it is until the first golden image, which can move a verified copy into the store',
          bytes: null,
        },
      ]
    : [],
  loading: folder.includes('billing')
    ? { files: ['deploy/review.yml'], profiles: ['debug'], projectName: 'billing-review' }
    : {},
  risks: [
    {
      service: 'api',
      kind: 'docker-socket',
      message: 'mounts the socket of the engine: whoever is in it rules this machine.',
      position: { file: `${folder}/compose.yaml`, line: 41, column: 9 },
    },
  ],
  problems: broken
    ? [
        {
          severity: 'error',
          code: 'compose.unsupported',
          message: '"develop.watch" of service web is not supported yet.',
          remedy: 'Remove it, or move it into a file that only Compose reads.',
          position: { file: `${folder}/compose.yaml`, line: 58, column: 7 },
        },
        {
          severity: 'error',
          code: 'compose.variable-missing',
          message: 'DB_PASSWORD is required and not set: set it in .env',
          remedy: 'Set DB_PASSWORD in .env or in the environment.',
          position: { file: `${folder}/compose.yaml`, line: 9, column: 26 },
        },
      ]
    : [
        {
          severity: 'warning',
          code: 'compose.invalid',
          message: 'The top-level "version" means nothing any more.',
          remedy: 'Remove the line.',
          position: { file: `${folder}/compose.yaml`, line: 1, column: 1 },
        },
      ],
});
