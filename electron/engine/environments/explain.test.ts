import { expect, it } from 'vitest';
import { memoryFiles } from '../../../test/support/memory-files.ts';
import { createLoadStack } from '../stacks/load-stack.ts';
import { explain } from './explain.ts';

const load = (files: Readonly<Record<string, string>>, environment: Readonly<Record<string, string>> = {}) =>
  createLoadStack({ files: memoryFiles(files), environment })(
    { folder: '/p', loading: {} },
    new AbortController().signal,
  );

it('gives every value of a service its nearest place, its text and its variables', async () => {
  const loaded = await load(
    {
      '/p/compose.yaml': [
        'services:',
        '  api:',
        '    image: "api:${TAG}"',
        '    command: [run, --fast]',
        '    environment: { A: x, "B/C": "$HOME" }',
        '    ports: ["${PORT:-8080}:80"]',
        '    privileged: true',
        '  web: { image: web }',
      ].join('\n'),
      '/p/.env': 'TAG=2\n',
    },
    { HOME: '/home/sam' },
  );
  const { values, risks } = explain(loaded, '/p', 'api');
  const rows = Object.fromEntries(values.map((value) => [value.path, value]));
  expect(rows['image']).toEqual({
    service: 'api',
    path: 'image',
    value: 'api:2',
    position: '/p/compose.yaml:3:12',
    written: 'api:${TAG}',
    variables: [{ name: 'TAG', from: 'file', position: '/p/.env:1:1' }],
  });
  expect(rows['command']).toMatchObject({ value: 'run --fast', position: '/p/compose.yaml:4:5', variables: [] });
  expect(rows['environment.A']).toMatchObject({ value: 'x', written: null });
  expect(rows['environment.B/C']).toMatchObject({ variables: [{ name: 'HOME', from: 'shell', position: null }] });
  expect(rows['ports[0].published']).toMatchObject({ value: '8080', variables: [{ name: 'PORT', from: 'default' }] });
  expect(risks.map((risk) => risk.kind)).toEqual(['privileged', 'public-port']);
  expect(explain(loaded, '/p', 'web').risks).toEqual([]);
});

it('explains a whole project of 500 services, every value with a place', async () => {
  const services = Array.from(
    { length: 500 },
    (_, index) => `  s${index}: { image: "i:$TAG", environment: { N: "${index}", M: "\${M:-m}" }, volumes: ["v:/v"] }`,
  );
  const text = ['services:', ...services, 'volumes: { v: {} }', 'networks: { default: { driver: bridge } }'].join('\n');
  const loaded = await load({ '/p/compose.yaml': text, '/p/.env': 'TAG=1\n' });
  const { values } = explain(loaded, '/p');
  expect(new Set(values.flatMap((value) => value.service ?? [])).size).toBe(500);
  expect(values.filter((value) => value.path === 'image').every((value) => value.variables.length === 1)).toBe(true);
  const without = values.filter((value) => value.position === null);
  // Compose makes up the name from the folder.
  expect(without.map((value) => value.path)).toEqual(['name']);
});
