import { FileCode, FolderOpen, RefreshCw, SquareTerminal } from 'lucide-react';
import type { ReactNode } from 'react';
import type { StackSource } from '../../../shared/contract/compose-projects.ts';
import type { StackPreview } from '../../../shared/contract/environments.ts';
import { Button } from '../../ui/button.tsx';
import { listed } from '../../ui/format.ts';
import { PlanList } from '../../ui/plan-list.tsx';
import { ProblemList, RiskList } from '../../ui/problem-list.tsx';
import { Lines, Section } from '../../ui/section.tsx';
import styles from './add-stack.module.css';
import { AllowSources } from './allow-sources.tsx';
import { loadingWords, previewWords } from './preview-words.ts';
import { ServiceLines } from './service-lines.tsx';

const fileName = (path: string): string => path.split(/[/\\]/).at(-1) ?? path;

/** What a folder would become: refusals first, then what it reaches outside itself, then what is in it. */
export function Preview(props: {
  readonly preview: StackPreview;
  /** Where it is read from. */
  readonly source: StackSource;
  readonly home: string | null;
  readonly folder: string;
  readonly onLookAgain: () => void;
  readonly looking: boolean;
  readonly onOtherFolder: () => void;
}): ReactNode {
  const { preview, home } = props;
  const words = previewWords(preview);
  const said = loadingWords(preview);
  const warnings = preview.problems.filter((one) => one.severity === 'warning');
  const refusals = preview.problems.filter((one) => one.severity === 'error');
  return (
    <>
      <h2>{words.title}</h2>
      <p className={styles.lead}>{words.lead}</p>
      {refusals.length === 0 ? null : (
        <Section
          className={styles.block}
          title="What is in the way"
          actions={
            <Button kind="ghost" icon={RefreshCw} busy={props.looking} onClick={props.onLookAgain}>
              Look again
            </Button>
          }
        >
          <ProblemList problems={refusals} home={home} />
          <AllowSources problems={refusals} onAllowed={props.onLookAgain} />
        </Section>
      )}
      <Section
        className={styles.block}
        title="Compose files"
        note={
          <span className="mono" title={props.folder}>
            {props.folder}
          </span>
        }
        actions={
          <Button kind="ghost" icon={FolderOpen} onClick={props.onOtherFolder}>
            Other folder
          </Button>
        }
      >
        <Lines>
          {[...preview.files, ...(preview.goldenFile === null ? [] : [preview.goldenFile])].map((file, index) => (
            <li key={file} className={styles.line}>
              <FileCode size={14} strokeWidth={1.65} className={styles.file} aria-hidden />
              <span className="mono trunc" title={file}>
                {fileName(file)}
              </span>
              <span className="t2 small trunc">
                {file === preview.goldenFile
                  ? `${preview.class} environment`
                  : index === 0
                    ? listed(
                        preview.services.map((one) => one.name),
                        6,
                      )
                    : 'overrides the file before it'}
              </span>
              <span />
            </li>
          ))}
          {said === null ? null : (
            <li className={styles.line}>
              <SquareTerminal size={14} strokeWidth={1.65} className={styles.file} aria-hidden />
              <span>Read as it was started</span>
              <span className={`mono-11 t2 ${styles.said}`}>{said}</span>
            </li>
          )}
        </Lines>
      </Section>
      {preview.services.length === 0 ? null : (
        <Section className={styles.block} title="Services" note={String(preview.services.length)}>
          <ServiceLines preview={preview} source={props.source} home={home} />
        </Section>
      )}
      {preview.risks.length === 0 ? null : (
        <Section className={styles.block} title="Access to this machine" note="asked for by the files">
          <RiskList risks={preview.risks} home={home} />
        </Section>
      )}
      {warnings.length === 0 ? null : (
        <Section className={styles.block} title="Worth knowing">
          <ProblemList problems={warnings} home={home} />
        </Section>
      )}
      {preview.creates.length === 0 || refusals.length > 0 ? null : (
        <Section className={styles.block} title="What starting it does">
          <PlanList changes={preview.creates} bare />
        </Section>
      )}
      {preview.keeps.length === 0 ? null : (
        <Section className={styles.block} title="Data that is here already">
          <PlanList changes={preview.keeps} bare />
        </Section>
      )}
    </>
  );
}
