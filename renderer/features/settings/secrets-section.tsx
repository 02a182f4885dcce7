import { KeyRound } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import type { SecretsView } from '../../../shared/contract/secrets.ts';
import { useAction, useEnvironments, useQuery } from '../../client/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Field } from '../../ui/field.tsx';
import { ToneGlyph } from '../../ui/health-glyph.tsx';
import { Lines, Section } from '../../ui/section.tsx';
import styles from './secrets.module.css';

/** The secrets of each environment: which are known, and where they are kept. Values are never shown. */
export function SecretsSection(): ReactNode {
  const environments = useEnvironments();
  return (
    <Section title="Secrets" note="named under config.secrets of golden.yml, never kept in a file">
      {environments.length === 0 ? (
        <Lines>
          <li className={styles.none}>A stack that names some shows them here.</li>
        </Lines>
      ) : (
        environments.map((one) => <OfEnvironment key={one.id} environmentId={one.id} />)
      )}
    </Section>
  );
}

function OfEnvironment({ environmentId }: { readonly environmentId: string }): ReactNode {
  const query = useQuery(`secrets ${environmentId}`, (api, options) => api.secrets.list({ environmentId }, options));
  const [newer, setNewer] = useState<SecretsView | null>(null);
  const view = newer ?? query.data;
  const keys = view?.keys ?? [];
  return (
    <section className={styles.environment} aria-label={`Secrets of ${environmentId}`}>
      <h3>
        {environmentId}
        {view === null || keys.length === 0 ? null : <span className="t3 small">{view.words}</span>}
      </h3>
      {query.error === null ? null : (
        <ErrorNotice
          error={query.error.toShape()}
          actions={
            <Button size="small" onClick={query.refetch}>
              Try again
            </Button>
          }
        />
      )}
      <Lines>
        {keys.map((one) => (
          <SecretLine key={one.key} environmentId={environmentId} secret={one} onChanged={setNewer} />
        ))}
        {view !== null && keys.length === 0 ? <li className={styles.none}>It names none.</li> : null}
      </Lines>
    </section>
  );
}

function SecretLine(props: {
  readonly environmentId: string;
  readonly secret: SecretsView['keys'][number];
  readonly onChanged: (view: SecretsView) => void;
}): ReactNode {
  const { environmentId, secret } = props;
  const { key, known, declared } = secret;
  const [mode, setMode] = useState<'shown' | 'set' | 'remove'>('shown');
  const [value, setValue] = useState('');
  const write = useAction();
  const button = useRef<HTMLButtonElement>(null);
  const end = (): void => {
    setValue('');
    setMode('shown');
    write.clear();
    setTimeout(() => button.current?.focus());
  };
  const finish = (view: SecretsView | undefined): void => {
    if (view === undefined) return;
    props.onChanged(view);
    end();
  };
  const set = async (): Promise<void> => {
    if (value === '') return;
    finish(
      await write.run((client) =>
        client.call((api, options) => api.secrets.set({ environmentId, key, value }, options), { deadlineMs: null }),
      ),
    );
  };
  const remove = async (): Promise<void> =>
    finish(
      await write.run((client) =>
        client.call((api, options) => api.secrets.remove({ environmentId, key }, options), { deadlineMs: null }),
      ),
    );
  return (
    <li>
      <div className={styles.secret}>
        <ToneGlyph tone={known ? 'healthy' : 'degraded'} shape={known ? 'disc' : 'triangle'} />
        <span className="mono trunc" title={key}>
          {key}
        </span>
        <span className="t3 small">{stateWords(known, declared)}</span>
        {mode === 'shown' ? (
          <span className={styles.buttons}>
            {known ? (
              <Button size="small" kind="ghost" aria-label={`Remove ${key}`} onClick={() => setMode('remove')}>
                Remove…
              </Button>
            ) : null}
            <Button
              ref={button}
              size="small"
              aria-label={`${known ? 'Replace' : 'Set'} ${key}`}
              onClick={() => setMode('set')}
            >
              {known ? 'Replace' : 'Set'}
            </Button>
          </span>
        ) : null}
      </div>
      {mode === 'set' ? (
        <form
          className={styles.edit}
          onSubmit={(event) => {
            event.preventDefault();
            void set();
          }}
          onKeyDown={(event) => {
            if (event.key === 'Escape') end();
          }}
        >
          <Field
            type="password"
            icon={KeyRound}
            aria-label={`Value of ${key}`}
            autoComplete="new-password"
            frameClassName="grow"
            value={value}
            autoFocus
            onChange={(event) => setValue(event.target.value)}
          />
          <Button type="submit" busy={write.busy} disabled={value === ''}>
            Save
          </Button>
          <Button kind="ghost" onClick={end}>
            Cancel
          </Button>
        </form>
      ) : null}
      {mode === 'remove' ? (
        <fieldset className={styles.edit} aria-label={`Remove ${key}`}>
          <span className="t2 small grow">
            {declared
              ? 'You are asked for it again when configuration is synced. What it was cannot be brought back.'
              : 'Nothing names it any more. What it was cannot be brought back.'}
          </span>
          <Button danger busy={write.busy} onClick={() => void remove()}>
            Remove
          </Button>
          <Button kind="ghost" onClick={end}>
            Keep it
          </Button>
        </fieldset>
      ) : null}
      {write.error === null ? null : <ErrorNotice error={write.error.toShape()} onDismiss={write.clear} />}
    </li>
  );
}

const stateWords = (known: boolean, declared: boolean): string =>
  known ? (declared ? 'known' : 'known, and no longer named') : 'missing';
