import { FlaskConical } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { CheckView, ProbeOutcome } from '../../../../shared/contract/health.ts';
import type { ServiceCheck } from '../../../../shared/domain/checks.ts';
import { latencyAmount } from '../../../../shared/domain/clock-words.ts';
import { useAction } from '../../../client/hooks.ts';
import { Button } from '../../../ui/button.tsx';
import { DiffView } from '../../../ui/diff-view.tsx';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { shortPath } from '../../../ui/format.ts';
import { ToneGlyph } from '../../../ui/health-glyph.tsx';
import { CheckFields } from './check-fields.tsx';
import { checkOf, formOf, probeToTry } from './check-form.ts';
import styles from './health.module.css';

/** Edits how a service is checked: try it, see what would change in golden.yml, write it. */
export function CheckEditor(props: {
  readonly environmentId: string;
  readonly check: CheckView;
  readonly home: string | null;
  readonly onDone: () => void;
}): ReactNode {
  const { environmentId, check } = props;
  const { service } = check;
  const [form, setForm] = useState(() => formOf(check));
  const [outcome, setOutcome] = useState<ProbeOutcome | null>(null);
  const [preview, setPreview] = useState<{
    readonly check: ServiceCheck | null;
    readonly file: string;
    readonly diff: string;
  } | null>(null);
  const attempt = useAction();
  const write = useAction();
  const result = checkOf(form, check.declared);
  const probe = probeToTry(form, check);

  const runTry = async (): Promise<void> => {
    if (probe === null) return;
    setOutcome(null);
    const found = await attempt.run((client) =>
      client.call((api, options) => api.health.tryProbe({ environmentId, service, probe }, options)),
    );
    if (found !== undefined) setOutcome(found);
  };
  const show = async (wanted: ServiceCheck | null): Promise<void> => {
    const found = await write.run((client) =>
      client.call((api, options) => api.health.previewCheck({ environmentId, service, check: wanted }, options)),
    );
    if (found !== undefined) setPreview({ ...found, check: wanted });
  };
  const save = async (wanted: ServiceCheck | null): Promise<void> => {
    const done = await write.run((client) =>
      client.call((api, options) => api.health.setCheck({ environmentId, service, check: wanted }, options)),
    );
    if (done !== undefined) props.onDone();
  };

  if (preview !== null)
    return (
      <div className={styles.editor}>
        <p className="small t2">
          {preview.diff.trim() === '' ? 'Nothing would change in ' : 'Changes in '}
          <span className="mono-11" title={preview.file}>
            {shortPath(preview.file, props.home)}
          </span>
        </p>
        {preview.diff.trim() === '' ? null : <DiffView label="What would change" diff={preview.diff} />}
        {write.error === null ? null : <ErrorNotice error={write.error} onDismiss={write.clear} />}
        <div className={styles.buttons}>
          <Button
            kind="primary"
            busy={write.busy}
            disabled={preview.diff.trim() === ''}
            onClick={() => void save(preview.check)}
          >
            {preview.check === null ? 'Remove from golden.yml' : 'Save to golden.yml'}
          </Button>
          <Button kind="ghost" onClick={() => setPreview(null)}>
            Back
          </Button>
        </div>
      </div>
    );
  return (
    <form
      className={styles.editor}
      aria-label={`Check of ${service}`}
      onSubmit={(event) => {
        event.preventDefault();
        if (result.ok) void show(result.check);
      }}
    >
      <CheckFields
        form={form}
        check={check}
        problems={result.ok ? {} : result.problems}
        onChange={(change) => {
          setForm((last) => ({ ...last, ...change }));
          setOutcome(null);
        }}
      />
      {outcome === null ? null : (
        <p className={styles.outcome} role="status">
          <ToneGlyph tone={outcome.ok ? 'healthy' : 'down'} shape={outcome.ok ? 'disc' : 'square'} />
          <span className="sel">
            {outcome.ok ? 'It answers' : 'It fails'}
            {outcome.latencyMs === null ? '' : ` in ${latencyAmount(outcome.latencyMs)}`}
            {outcome.detail === null ? '.' : `: ${outcome.detail}`}
          </span>
        </p>
      )}
      {attempt.error === null ? null : <ErrorNotice error={attempt.error} onDismiss={attempt.clear} />}
      {write.error === null ? null : <ErrorNotice error={write.error} onDismiss={write.clear} />}
      <div className={styles.buttons}>
        <Button icon={FlaskConical} busy={attempt.busy} disabled={probe === null} onClick={() => void runTry()}>
          Try
        </Button>
        <Button type="submit" busy={write.busy} disabled={!result.ok}>
          Show the change
        </Button>
        <span className="grow" />
        {check.declared === null ? null : (
          <Button kind="ghost" danger onClick={() => void show(null)}>
            Remove…
          </Button>
        )}
        <Button kind="ghost" onClick={props.onDone}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
