import { Box, ChevronRight } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { StackSource } from '../../../shared/contract/compose-projects.ts';
import type { StackPreview } from '../../../shared/contract/environments.ts';
import { useQuery } from '../../client/hooks.ts';
import { cx } from '../../ui/cx.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Lines } from '../../ui/section.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { ValueList } from '../../ui/value-list.tsx';
import styles from './add-stack.module.css';
import { serviceNote } from './preview-words.ts';

/** The resolved services, one line each; a click opens every value of one, with its place. */
export function ServiceLines(props: {
  readonly preview: StackPreview;
  readonly source: StackSource;
  readonly home: string | null;
}): ReactNode {
  const { preview } = props;
  const [open, setOpen] = useState<string | null>(null);
  return (
    <Lines className={styles.services}>
      {preview.services.map((one) => (
        <li key={one.name}>
          <button
            type="button"
            data-focus="inside"
            className={cx(styles.line, styles.service)}
            aria-expanded={open === one.name}
            onClick={() => setOpen(open === one.name ? null : one.name)}
          >
            <span className={styles.twist}>
              <Box size={14} strokeWidth={1.65} aria-hidden />
              <ChevronRight size={14} strokeWidth={1.9} aria-hidden />
            </span>
            <span className="strong trunc" title={one.name}>
              {one.name}
            </span>
            <span className="t2 mono-11 trunc" title={one.image ?? one.build ?? ''}>
              {one.image ?? (one.build === null ? '' : `build ${one.build}`)}
            </span>
            <span className="t3 small trunc" title={[...one.ports, ...one.volumes].join('\n')}>
              {serviceNote(one)}
            </span>
          </button>
          {open === one.name ? (
            <ServiceValues service={one.name} source={props.source} folder={preview.folder} home={props.home} />
          ) : null}
        </li>
      ))}
    </Lines>
  );
}

function ServiceValues(props: {
  readonly service: string;
  readonly source: StackSource;
  readonly folder: string;
  readonly home: string | null;
}): ReactNode {
  const { service, source } = props;
  const found = useQuery(`explain ${source.folder} ${source.project} ${service}`, (api, options) =>
    api.stacks.explain({ of: source, service }, options),
  );
  return (
    <div className={styles.values}>
      {found.error !== null ? (
        <ErrorNotice error={found.error.toShape()} />
      ) : found.data === null ? (
        <Skeleton lines={4} />
      ) : (
        <ValueList
          label={`Values of ${service}`}
          values={found.data.values}
          filter=""
          folder={props.folder}
          home={props.home}
          showService={false}
          className={styles.valueScroll}
        />
      )}
    </div>
  );
}
