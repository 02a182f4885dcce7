import type { CapturePlan } from '../../shared/contract/golden.ts';

/** The first capture of a project that Compose started. */
export const capturePlan = (environmentId: string): CapturePlan => ({
  environmentId,
  volumes: [
    { key: 'db-data', name: 'trading_db-data', services: ['db'], bytes: 4_120_000_000, place: 'move', reason: null },
    { key: 'cache', name: 'trading_cache', services: ['cache'], bytes: 82_000_000, place: 'move', reason: null },
    {
      key: 'uploads',
      name: 'trading_uploads',
      services: ['api'],
      bytes: 310_000_000,
      place: 'stay',
      reason: 'Volume uploads is used by backup, which is not part of the stack. Remove that container to let it move.',
    },
  ],
  omitted: [],
  move: {
    volumes: ['db-data', 'cache'],
    bytes: 4_202_000_000,
    restart: ['db', 'cache', 'api'],
    recreate: ['db', 'cache'],
    awayMs: null,
    words: [
      'The volumes db-data and cache move into the golden store, under the same names: from then on a restore only switches.',
      'db, cache and api restart once: the data is copied beside the running services, and only what changed meanwhile while they are stopped.',
      'The containers of db and cache are made anew with the same configuration; files in them outside of volumes are lost.',
      'The original is removed only after the hashes of every file agree. If the services do not become healthy, it is put back.',
    ],
  },
  freeBytes: 212_000_000_000,
  hash: 'sample',
});
