import { Keyboard } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useAction, useHello } from '../../client/hooks.ts';
import { Moment } from '../../ui/ago.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Facts } from '../../ui/facts.tsx';
import { shortPath } from '../../ui/format.ts';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import { Section } from '../../ui/section.tsx';
import { useWorkbenchActions } from '../../ui/workbench.ts';
import styles from './settings.module.css';

/** A report to paste: shown before it is copied, so that nobody sends what they have not seen. */
export function DiagnosticsSection(): ReactNode {
  const collect = useAction();
  const [text, setText] = useState<string | null>(null);
  const run = async (): Promise<void> => {
    const result = await collect.run((client) =>
      client.call((api, options) => api.system.diagnostics(undefined, options)),
    );
    if (result !== undefined) setText(result.text);
  };
  return (
    <Section
      title="Diagnostics"
      note="versions, paths, engines and recent errors; secrets removed"
      actions={
        <>
          {text === null ? null : <CopyButton text={text} label="Copy" size="normal" />}
          <Button kind="ghost" busy={collect.busy} onClick={() => void run()}>
            {text === null ? 'Collect' : 'Collect again'}
          </Button>
        </>
      }
    >
      {collect.error === null ? null : <ErrorNotice error={collect.error} onDismiss={collect.clear} />}
      {text === null ? (
        <p className="t3 small">Stays on this machine until you paste it somewhere.</p>
      ) : (
        <ScrollRegion label="Diagnostics" className={styles.diagnostics}>
          <pre className="mono-11">{text}</pre>
        </ScrollRegion>
      )}
    </Section>
  );
}

export function AboutSection(): ReactNode {
  const hello = useHello();
  const { setKeysOpen } = useWorkbenchActions();
  if (hello === null) return null;
  return (
    <Section
      title="About"
      actions={
        <Button kind="ghost" icon={Keyboard} onClick={() => setKeysOpen(true)}>
          All keys
        </Button>
      }
    >
      <Facts
        items={[
          { term: 'Version', value: `Golden Hour ${hello.version}` },
          {
            term: 'Engine',
            value: (
              <>
                process {hello.pid}, since <Moment at={hello.startedAt} />
              </>
            ),
            title: hello.epoch,
          },
          {
            term: 'Its data',
            value: shortPath(hello.dataFolder, hello.homeFolder),
            mono: true,
            title: hello.dataFolder,
          },
          { term: 'Licence', value: 'MIT' },
        ]}
      />
    </Section>
  );
}
