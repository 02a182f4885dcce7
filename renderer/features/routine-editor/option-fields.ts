import type { StepKind } from '../../../shared/domain/routine-file.ts';

/** How an option of a kind of step is asked for. Options that are not here are shown as they are written. */
export type OptionField = {
  readonly key: string;
  readonly label: string;
  readonly hint?: string;
} & (
  | { readonly as: 'choice'; readonly choices: readonly { readonly value: string; readonly label: string }[] }
  | { readonly as: 'flag' }
  | { readonly as: 'text'; readonly placeholder: string }
  | { readonly as: 'services' }
);

const services: OptionField = { key: 'services', label: 'Services', as: 'services' };
const repository: OptionField = { key: 'repository', label: 'Repository', as: 'text', placeholder: 'all of the stack' };
const offline: OptionField = {
  key: 'offline',
  label: 'A remote that cannot be reached',
  as: 'choice',
  choices: [
    { value: '', label: 'is a remark' },
    { value: 'fail', label: 'fails the step' },
  ],
};
const decision = (key: string, label: string, usual: string): OptionField => {
  const all = [
    { value: 'ask', label: 'Ask' },
    { value: 'always', label: 'Always' },
    { value: 'never', label: 'Never' },
  ];
  const choices = all.map((one) => (one.value === usual ? { value: '', label: one.label } : one));
  return { key, label, as: 'choice', choices };
};

/** The choice that is taken while nothing is written has the value ''. */
export const optionFields: Readonly<Record<StepKind, readonly OptionField[]>> = {
  engine: [],
  health: [{ key: 'require', label: 'Not ready when something is not healthy', as: 'flag' }],
  'git.fetch': [repository, offline],
  'git.pull': [
    repository,
    {
      key: 'fetch',
      label: 'Fetch first',
      as: 'choice',
      choices: [
        { value: '', label: 'Unless it was done just now' },
        { value: 'false', label: 'Never' },
      ],
    },
  ],
  'git.wip': [
    repository,
    {
      key: 'to',
      label: 'Commit to',
      as: 'choice',
      choices: [
        { value: '', label: 'As day.wip says' },
        { value: 'branch', label: 'A branch of wip/' },
        { value: 'current', label: 'The current branch' },
      ],
    },
    {
      key: 'large',
      label: 'Large files',
      as: 'choice',
      choices: [
        { value: '', label: 'Ask' },
        { value: 'leave-out', label: 'Leave out' },
        { value: 'commit', label: 'Commit' },
      ],
    },
  ],
  'git.push': [
    repository,
    {
      key: 'branch',
      label: 'Push',
      as: 'choice',
      choices: [
        { value: '', label: 'What day.wip commits to' },
        { value: 'wip', label: 'The branch of wip/' },
        { value: 'current', label: 'The current branch' },
      ],
    },
    offline,
  ],
  'config.sync': [],
  changes: [
    decision('apply', 'Recreate what was declared anew', 'ask'),
    decision('capture', 'Capture before new migrations', 'never'),
  ],
  'stack.up': [
    services,
    {
      key: 'only',
      label: 'Start',
      as: 'choice',
      choices: [
        { value: '', label: 'Everything, changed services anew' },
        { value: 'down', label: 'Only what is down' },
      ],
    },
  ],
  'stack.stop': [services],
  'stack.down': [],
  'stack.restart': [services],
  ready: [services],
  'golden.restore': [
    {
      key: 'image',
      label: 'Image',
      as: 'text',
      placeholder: 'latest',
      hint: 'latest, a name, or the start of one with *',
    },
    services,
    {
      key: 'replace',
      label: 'Changes since the last image',
      as: 'choice',
      choices: [
        { value: '', label: 'Ask before they are replaced' },
        { value: 'always', label: 'Replace, and keep an undo point' },
      ],
    },
  ],
  'golden.capture': [
    { key: 'purpose', label: 'Purpose', as: 'text', placeholder: 'end-of-day', hint: 'Part of the name' },
    { key: 'tag', label: 'End of the name', as: 'text', placeholder: 'the time' },
    { key: 'note', label: 'Note', as: 'text', placeholder: '' },
  ],
  run: [],
  summary: [],
};

/** What is written for what was chosen; undefined: nothing. */
export function optionValue(field: OptionField, chosen: string): unknown {
  if (chosen === '') return undefined;
  return field.as === 'choice' && chosen === 'false' ? false : chosen;
}

/** What a choice or a text field shows for what is written; null when it cannot. */
export function optionText(field: OptionField, value: unknown): string | null {
  if (value === undefined) return '';
  const text = typeof value === 'boolean' ? String(value) : value;
  if (typeof text !== 'string') return null;
  if (field.as === 'text') return text;
  return field.as === 'choice' ? chosenOf(field.choices, field.key, text) : null;
}

function chosenOf(choices: readonly { readonly value: string }[], key: string, text: string): string | null {
  if (choices.some(({ value }) => value === text)) return text;
  // What is usual may stand there all the same.
  return usual[key] === text ? '' : null;
}
const usual: Readonly<Record<string, string>> = {
  apply: 'ask',
  capture: 'never',
  large: 'ask',
  offline: 'remark',
  fetch: 'true',
};

/** Options that no field of the kind can show, as they are written. */
export function otherOptions(
  kind: StepKind,
  options: Readonly<Record<string, unknown>> | undefined,
): readonly (readonly [string, unknown])[] {
  return Object.entries(options ?? {}).filter(([key, value]) => {
    const field = optionFields[kind].find((one) => one.key === key);
    if (field === undefined) return true;
    if (field.as === 'flag') return typeof value !== 'boolean';
    if (field.as === 'services') return !Array.isArray(value) || !value.every((one) => typeof one === 'string');
    return optionText(field, value) === null;
  });
}
