import { expect, test } from 'vitest';
import { redactProject } from './redact.ts';

test('no secret value stays in the configuration that an image keeps', () => {
  const text = JSON.stringify(
    redactProject({
      name: 'shop',
      services: {
        db: {
          image: 'postgres:15',
          environment: { POSTGRES_PASSWORD: 'correct-horse', POSTGRES_USER: 'shop', API_TOKEN: 'short' },
          command: ['postgres', '--password=correct-horse'],
        },
        api: {
          environment: { DATABASE_URL: 'postgres://shop:hunter2@db:5432/shop' },
          build: { context: '.', args: { NPM_TOKEN: 'abc' } },
        },
      },
      secrets: { key: { content: 'very secret content' } },
    }),
  );
  for (const secret of ['correct-horse', 'short', 'hunter2', 'abc', 'very secret content'])
    expect(text).not.toContain(secret);
  expect(text).toContain('postgres://shop:***@db:5432/shop');
  expect(text).toContain('"POSTGRES_USER":"shop"');
});
