import { describe, expect, it } from 'vitest';
import type { Impact } from '../../shared/contract/git.ts';
import { impactText } from './commands/impact.ts';

const nothing: Impact = {
  base: 'origin/main',
  files: [],
  moreFiles: 0,
  domains: [],
  services: [],
  dependants: [],
  tests: [],
  unclaimed: 0,
};

describe('golden impact', () => {
  it('says services with the reason, what depends on them, and tests', () => {
    const text = impactText({
      ...nothing,
      files: [
        { repository: 'shop', path: 'api/a.ts', from: 'branch' },
        { repository: 'shop', path: 'README.md', from: 'working-tree' },
      ],
      services: [
        { name: 'api', why: 'orders, built from api', running: true },
        { name: 'db', why: 'mounts db/init', running: false },
      ],
      dependants: ['web'],
      tests: ['npm test -- orders'],
      unclaimed: 1,
    });
    expect(text).toBe(`2 files differ from origin/main.

SERVICE  NOW          BECAUSE OF
api      running      orders, built from api
db       not running  mounts db/init

Depend on these: web

Tests:
  npm test -- orders

1 file concerns no service.
`);
  });

  it('says that there is nothing', () => {
    expect(impactText(nothing)).toBe('Nothing differs from origin/main.\n');
    expect(impactText({ ...nothing, base: null })).toBe('Nothing differs from the last commit.\n');
  });
});
