import type { SecretsView } from '../../shared/contract/secrets.ts';

/** Two declared secrets, one of them not given yet. */
export function sampleSecrets() {
  const known = new Map([
    ['DB_PASSWORD', true],
    ['BROKER_TOKEN', false],
  ]);
  const view = (): SecretsView => ({
    kept: 'system',
    words: 'In the key store of your desktop (Secret Service)',
    keys: [...known].map(([key, is]) => ({ key, known: is, declared: true })),
  });
  const mark = (key: string, is: boolean): SecretsView => {
    known.set(key, is);
    return view();
  };
  return { view, set: (key: string) => mark(key, true), remove: (key: string) => mark(key, false) };
}
