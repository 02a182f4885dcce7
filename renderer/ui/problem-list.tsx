import type { ReactNode } from 'react';
import type { Risk } from '../../shared/contract/environments.ts';
import { formatPosition, type Position } from '../../shared/domain/position.ts';
import type { Problem } from '../../shared/domain/problem.ts';
import { ToneGlyph } from './health-glyph.tsx';
import { isFilePlace, PlaceButton, shortPlace } from './place-button.tsx';
import styles from './problem-list.module.css';

function Place(props: { readonly position: Position | undefined; readonly home: string | null }): ReactNode {
  if (props.position === undefined) return null;
  const full = formatPosition(props.position);
  return (
    <p className={styles.place}>
      {isFilePlace(full) ? (
        <PlaceButton place={full}>{shortPlace(full, null, props.home)}</PlaceButton>
      ) : (
        shortPlace(full, null, props.home)
      )}
    </p>
  );
}

/** What is wrong in files: what, where, and what to do, for each. Errors before warnings. */
export function ProblemList(props: { readonly problems: readonly Problem[]; readonly home: string | null }): ReactNode {
  const sorted = [...props.problems].sort((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
  return (
    <ul className={styles.list}>
      {sorted.map((one, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two problems may be alike in every word
        <li key={index} className={styles.problem}>
          <ToneGlyph
            tone={one.severity === 'error' ? 'down' : 'degraded'}
            shape={one.severity === 'error' ? 'square' : 'triangle'}
          />
          <div className={styles.text}>
            <p>
              <span className="sr">{one.severity === 'error' ? 'Error: ' : 'Warning: '}</span>
              {one.message}
            </p>
            <p className={styles.remedy}>{one.remedy}</p>
            <Place position={one.position} home={props.home} />
          </div>
        </li>
      ))}
    </ul>
  );
}

/** The sentence says whose it is; here that stands before it, in bold. */
function withoutSubject({ service, message }: Risk): string {
  return message.startsWith(`${service} `) ? message.slice(service.length + 1) : message;
}

/** What reaches beyond the stack, to the host. */
export function RiskList(props: { readonly risks: readonly Risk[]; readonly home: string | null }): ReactNode {
  return (
    <ul className={styles.list}>
      {props.risks.map((one, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two risks may be alike in every word
        <li key={index} className={styles.problem}>
          <ToneGlyph tone="degraded" shape="triangle" />
          <div className={styles.text}>
            <p>
              <span className="strong">{one.service}</span> {withoutSubject(one)}
            </p>
            <Place position={one.position} home={props.home} />
          </div>
        </li>
      ))}
    </ul>
  );
}
