import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { formatPosition } from '../../../../shared/domain/position.ts';
import { parseGoldenFile } from './load.ts';

const services = ['api', 'db', 'worker'];

function faults(text: string): string[] {
  return parseGoldenFile(`version: 1\n${text}`, '/p/golden.yml')
    .problemsWith(services)
    .map(({ severity, position, message, remedy }) => {
      expect(severity).toBe('error');
      return `${formatPosition(position!).replace('/p/golden.yml:', '')} ${message} ${remedy}`;
    });
}

const routine = (steps: string): string => `routines:\n  early:\n    steps:\n${steps}`;

it('finds nothing wrong with the golden.yml of docs/routines.md', async () => {
  const text = await readFile(new URL('../../../../docs/routines.md', import.meta.url), 'utf8');
  const example = /```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
  const { declared, problemsWith } = parseGoldenFile(example, '/p/golden.yml');
  expect(problemsWith(services)).toEqual([]);
  expect(Object.keys(declared.routines ?? {})).toEqual(['morning', 'friday']);
});

describe('sections that stand apart', () => {
  it('are told of without keeping the stack from its own', () => {
    const { value, declared, problems } = parseGoldenFile(
      `version: 1
name: shop
day: { capture_when: 50MiB, restore_after: soon }
git: { protected: [main], branchs: x }
routines:
  morning: { steps: [{ uses: stack.upp }] }
  friday: { steps: [{ uses: stack.down }] }
`,
      '/p/golden.yml',
    );
    expect(problems.map(({ path }) => path)).toEqual([
      'day.restore_after',
      'git.branchs',
      'routines.morning.steps[0].uses',
    ]);
    expect(value.name).toBe('shop');
    expect(declared).toEqual({
      day: { capture_when: '50MiB' },
      git: { protected: ['main'] },
      routines: { friday: { steps: [{ uses: 'stack.down' }] } },
      config: undefined,
      domains: undefined,
    });
  });

  it('may be anything but what they should be', () => {
    expect(faults('routines: [a]\nday: 5\n')).toEqual([
      '2:11 routines cannot be a list. Write a mapping.',
      '3:6 day cannot be “5”. Write a mapping.',
    ]);
  });

  it('have no faults when there is nothing in them', () => {
    expect(faults('')).toEqual([]);
    expect(faults('routines: {}\ngit: {}\nday: {}\nconfig: {}\ndomains: {}\n')).toEqual([]);
  });

  it.each([
    [
      routine('      - uses: git.pul\n'),
      ['5:15 routines.early.steps[0].uses cannot be “git.pul”. Did you mean “git.pull”?'],
    ],
    [
      routine('      - run: [ls]\n        retries: { tims: 2 }\n'),
      ['6:20 The key “tims” is not known in routines.early.steps[0].retries. Did you mean “times”?'],
    ],
    [routine('      - run: 5\n'), ['5:14 routines.early.steps[0].run cannot be “5”. Write text or a list.']],
    [
      'routines: {Early Bird: {steps: [{run: a}]}}\n',
      ['2:12 “Early Bird” cannot be a key of routines. Write lower case letters, digits and dashes.'],
    ],
    [
      routine('      - { id: one, run: a }\n      - { id: two, run: b, needs: [onne] }\n'),
      ['6:36 There is no step called onne. Did you mean one?'],
    ],
    [
      routine('      - { id: one, run: a, needs: [two] }\n      - { id: two, run: b, needs: [one] }\n'),
      ['5:28 The steps wait for each other: one → two → one. Remove one of these needs.'],
    ],
    [
      routine('      - { run: a, service: apii }\n      - { uses: stack.up, with: { services: [db, wroker] } }\n'),
      [
        '5:28 routines.early.steps[0].service names the service “apii”, which the stack does not have. Did you mean “api”?',
        '6:50 routines.early.steps[1].with.services[1] names the service “wroker”, which the stack does not have. Did you mean “worker”?',
      ],
    ],
    [
      routine('      - { run: a, folder: ../other }\n      - { run: a, folder: tools/../x }\n'),
      ["5:27 “../other” is outside of the stack's folder. Write a path below the folder that golden.yml is in."],
    ],
    [
      routine('      - { uses: golden.capture, with: { purpos: x, note: 5 } }\n'),
      [
        '5:41 The key “purpos” is not known in routines.early.steps[0].with. Did you mean “purpose”?',
        '5:58 routines.early.steps[0].with.note cannot be “5”. Write text; put quotes around it if it looks like a number.',
      ],
    ],
    [
      routine('      - { uses: engine, with: { x: 1 } }\n      - { run: a, with: { y: 1 } }\n'),
      [
        '5:33 The key “x” is not known in routines.early.steps[0].with. Remove it.',
        '6:27 The key “y” is not known in routines.early.steps[1].with. Remove it.',
      ],
    ],
    [
      routine('      - { run: a, if: data.chnged > 5MiB }\n      - run: b\n        if: "hour > 5 and"\n'),
      [
        '5:23 There is nothing called data.chnged. Did you mean data.changed?',
        '7:26 The condition ends too early. Add what is to be compared.',
      ],
    ],
    [
      routine('      - run: b\n        if: data.changed > 5\n'),
      ['6:28 data.changed is a size, and 5 a number. Write for example data.changed > 50MiB.'],
    ],
    [
      'routines: {a: {steps: [{run: a}], schedule: {}}}\n',
      ['2:35 The schedule does not say when. Add at, ready_by, cron or on.'],
    ],
    [
      'routines: {a: {steps: [{run: a}], schedule: {at: "08:00", ready_by: "08:45"}}}\n',
      ['2:69 A schedule has one of at, ready_by and cron, and this one has at and ready_by. Keep one of them.'],
    ],
    [
      'routines: {a: {steps: [{run: a}], schedule: {at: "8:00"}}}\n',
      ['2:50 routines.a.schedule.at cannot be “8:00”. Write a time such as 08:45.'],
    ],
    [
      'routines: {a: {steps: [{run: a}], schedule: {cron: "30 8 * * *", days: [mon]}}}\n',
      ['2:66 The cron expression says on which days already. Remove days, or write at in place of cron.'],
    ],
    [
      'routines: {a: {steps: [{run: a}], schedule: {cron: 30 8 31 2 *}}}\n',
      ['2:52 “30 8 31 2 *” never comes. Check the day and the month.'],
    ],
    [
      'routines: {a: {steps: [{run: a}], schedule: {cron: "* * * * *"}}}\n',
      ['2:52 “* * * * *” comes more often than every 10 minutes. Leave at least 10 minutes in between.'],
    ],
    [
      'routines: {a: {steps: [{run: a}], schedule: {cron: "0 0 0 25 8 *"}}}\n',
      [
        '2:52 “0 0 0 25 8 *” is not a cron expression. Write five fields: minute hour day month weekday, such as “30 8 * * mon-fri”.',
      ],
    ],
    ['day: {capture_when: much}\n', ['2:21 day.capture_when cannot be “much”. Write a size such as 50MiB.']],
    [
      'day: {restore_image: "a*b"}\n',
      ['2:22 “a*b” has a * that is not at its end. Write the start of the name and one *.'],
    ],
    [
      "git: {branches: '(feature/.*'}\n",
      ['2:18 git.branches is not a regular expression: unterminated group. Correct it, or quote it.'],
    ],
    [
      'git: {protected: [main, release ones]}\n',
      [
        '2:32 “release ones” matches no branch: names of branches have no “ ”. Write names of branches, with * for any text.',
      ],
    ],
    [
      'config: {files: {a.env: ../b.env}}\n',
      [
        '2:10 The files have no source to come from. Add “source:” under config.',
        "2:25 “../b.env” is outside of the stack's folder. Write a path below the folder that golden.yml is in.",
      ],
    ],
    [
      'config: {migrations: ["db/[0-9/*.sql", "../x", "/y", "a/{b,c}/**"]}\n',
      [
        '2:27 “db/[0-9/*.sql” opens a “[” that is never closed. Close it with “]”.',
        '2:41 “../x” leads out of the folder, where nothing is looked at. Write it relative to golden.yml, without “..”.',
        '2:49 “/y” is an absolute path. Write it relative to golden.yml.',
      ],
    ],
    [
      'domains: {orders: {paths: ["../../lib/**", "!../lib/*.md", "a/../b", "..", "!/x"]}}\n',
      [
        '2:62 “a/../b” leads out of the folder, where nothing is looked at. Write it relative to golden.yml, without “..”.',
        '2:71 “..” leads out of the folder, where nothing is looked at. Write it relative to golden.yml, without “..”.',
        '2:77 “!/x” is an absolute path. Write it relative to golden.yml.',
      ],
    ],
    [
      'domains: {orders: {paths: ["src/**"], services: [aip]}}\n',
      ['2:50 domains.orders.services[0] names the service “aip”, which the stack does not have. Did you mean “api”?'],
    ],
  ])('%j is told with its place', (text, expected) => {
    expect(faults(text)).toEqual(expected);
  });
});
