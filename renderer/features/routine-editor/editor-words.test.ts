import { describe, expect, it } from 'vitest';
import { stepKinds } from '../../../shared/domain/routine-file.ts';
import { stepOptions } from '../../../shared/domain/step-options.ts';
import { faultAt, faultsOf, faultsOfProblems } from './faults.ts';
import { stepNotes, stepTitle } from './kind-words.ts';
import { optionFields, optionText, optionValue, otherOptions } from './option-fields.ts';
import { retriesOf } from './retries.ts';
import { nameFault } from './routine-name.ts';
import { complete, suggest } from './suggest.ts';

const facts = [
  { name: 'data.changed', type: 'bytes' as const, about: 'How much changed.' },
  { name: 'data.age', type: 'duration' as const, about: 'How old it is.' },
  { name: 'on.battery', type: 'flag' as const, about: 'On battery.' },
];

describe('fields of a kind', () => {
  it.each(stepKinds)('%s has a field for each option it knows, and for no other', (kind) => {
    const known = Object.keys(stepOptions[kind].shape).sort();
    expect(optionFields[kind].map(({ key }) => key).sort()).toEqual(known);
  });

  it.each(stepKinds)('%s writes only what it may hold', (kind) => {
    for (const field of optionFields[kind]) {
      const values =
        field.as === 'choice'
          ? field.choices.map(({ value }) => optionValue(field, value))
          : field.as === 'flag'
            ? [true]
            : field.as === 'services'
              ? [['api']]
              : ['something'];
      for (const value of values.filter((one) => one !== undefined)) {
        expect(stepOptions[kind].safeParse({ [field.key]: value }).success).toBe(true);
        expect(otherOptions(kind, { [field.key]: value })).toEqual([]);
        if (field.as === 'choice' || field.as === 'text')
          expect(optionValue(field, optionText(field, value) ?? '?')).toEqual(value);
      }
    }
  });

  it('leaves what it cannot show as it is written', () => {
    expect(otherOptions('golden.capture', { purpose: 'x', sparkle: 1 })).toEqual([['sparkle', 1]]);
    expect(otherOptions('changes', { apply: 'ask', capture: 'perhaps' })).toEqual([['capture', 'perhaps']]);
  });
});

describe('suggestions', () => {
  it('are facts that fit the word at the caret, those that begin with it first', () => {
    expect(suggest('da', 2, facts).facts.map(({ name }) => name)).toEqual(['data.changed', 'data.age']);
    expect(suggest('not ba', 6, facts).facts.map(({ name }) => name)).toEqual(['on.battery']);
    expect(suggest('(', 1, facts).facts).toHaveLength(3);
  });

  it('are none where a value or an operator belongs', () => {
    for (const text of ['data.age > ', 'data.age ', 'weekday == "da', 'data.age > 7d'])
      expect(suggest(text, text.length, facts).facts).toEqual([]);
  });

  it('put an example behind a fact where nothing follows', () => {
    const [changed, , battery] = facts;
    if (changed === undefined || battery === undefined) throw new Error('facts');
    expect(complete('da', suggest('da', 2, facts), changed)).toBe('data.changed > 50MiB');
    expect(complete('da > 1MiB', suggest('da > 1MiB', 2, facts), changed)).toBe('data.changed > 1MiB');
    expect(complete('not o', suggest('not o', 5, facts), battery)).toBe('not on.battery');
  });
});

describe('mistakes', () => {
  it('stand at their field, without a place in the file', () => {
    const faults = faultsOf({ budget: 'long', steps: [{ uses: 'engine' }, { run: '', timeout: 'x' }] });
    expect(faultAt(faults, null, 'budget')).toMatch(/duration/);
    expect(faultAt(faults, 1, 'run')).toBe('Say which command.');
    expect(faultAt(faults, 1, 'timeout')).toMatch(/duration/);
    expect(faultAt(faults, 0, 'timeout')).toBeNull();
  });

  it('are taken from what the engine says by their path', () => {
    const problem = { severity: 'error' as const, code: 'golden-file.invalid', message: 'No.', remedy: 'Yes.' };
    const faults = faultsOfProblems('morning', [
      { ...problem, path: 'routines.morning.steps[2].if' },
      { ...problem, path: 'routines.morning.steps[0].with.services[1]' },
      { ...problem, path: 'routines.morning.steps[1].needs[0]' },
      { ...problem, path: 'routines.morning.schedule.cron' },
      { ...problem, severity: 'warning', path: 'routines.morning.steps[1].run' },
    ]);
    expect(faults.map(({ step, field }) => [step, field])).toEqual([
      [2, 'if'],
      [0, 'with.services'],
      [1, 'needs'],
      [null, 'schedule'],
    ]);
  });
});

describe('words', () => {
  it('call a step by its title, its command, or its kind', () => {
    expect(stepTitle({ title: 'Seed', run: 'x' })).toBe('Seed');
    expect(stepTitle({ run: ['make', 'all of it'] })).toBe("make 'all of it'");
    expect(stepTitle({ run: '' })).toBe('Run a command');
    expect(stepTitle({ uses: 'stack.up' })).toBe('Start services');
    expect(stepNotes({ run: 'x', service: 'api', if: 'hour > 8', ask: true, optional: true })).toBe(
      'if hour > 8, in api, asks first, may fail',
    );
  });

  it('write retries as short as they can be', () => {
    expect(retriesOf(undefined, '2', '')).toBe(2);
    expect(retriesOf(2, '2', '5s')).toEqual({ times: 2, pause: '5s' });
    expect(retriesOf({ times: 2, pause: '5s' }, 'x', '5s')).toEqual({ times: 2, pause: '5s' });
    expect(retriesOf(2, '', '')).toBeUndefined();
  });

  it('say why a routine cannot be called so', () => {
    expect(nameFault('friday', ['morning'])).toBeNull();
    expect(nameFault('', [])).not.toBeNull();
    expect(nameFault('Friday clean', [])).toMatch(/[Ll]ower case/);
    expect(nameFault('morning', ['morning'])).toMatch(/already/);
  });
});
