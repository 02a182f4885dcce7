import { RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Impact } from '../../../shared/contract/git.ts';
import { useOperationAction } from '../../client/use-operation.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Section } from '../../ui/section.tsx';
import { type gitHints, impactWords } from './git-words.ts';
import styles from './today.module.css';

/** What the work in progress concerns, and what its repositories have to say. */
export function ChangesSection(props: {
  readonly environmentId: string;
  readonly impact: Impact | null;
  readonly hints: ReturnType<typeof gitHints>;
}): ReactNode {
  const { environmentId, impact, hints } = props;
  const restart = useOperationAction();
  const words = impact === null ? null : impactWords(impact);
  if (words === null && hints.length === 0) return null;
  const runs = impact?.services.some((one) => one.running) === true;
  return (
    <Section className={styles.more} title="Your changes" note={words?.files}>
      {restart.error === null ? null : <ErrorNotice error={restart.error.toShape()} onDismiss={restart.clear} />}
      {words === null || impact === null ? null : (
        <div className={styles.changes}>
          <div>
            <p title={impact.services.map((one) => `${one.name}: ${one.why}`).join('\n')}>
              They concern {words.services}
            </p>
            {words.also === '' ? null : <p className="t3 small">{words.also}</p>}
          </div>
          {runs ? (
            <Button
              size="small"
              icon={RotateCw}
              busy={restart.busy}
              onClick={() => void restart.start((api, options) => api.git.restartAffected({ environmentId }, options))}
            >
              Restart what is affected
            </Button>
          ) : null}
        </div>
      )}
      {(impact?.tests.length ?? 0) === 0 ? null : (
        <ul className={styles.tests}>
          {impact?.tests.map((test) => (
            <li key={test}>
              <code className="trunc" title={test}>
                {test}
              </code>
              <CopyButton text={test} label="Copy" />
            </li>
          ))}
        </ul>
      )}
      {hints.length === 0 ? null : (
        <ul className={styles.hints}>
          {hints.map((hint) => (
            <li key={`${hint.repository} ${hint.kind} ${hint.text}`}>
              {hint.repository === null ? null : <span className="strong">{hint.repository}: </span>}
              {hint.text}
              {hint.remedy === null ? null : <span className="t3"> {hint.remedy}</span>}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
