import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { cx } from '../../ui/cx.ts';
import { listed } from '../../ui/format.ts';
import { Popover } from '../../ui/popover.tsx';
import styles from './dock.module.css';

/** Whose lines the log view shows. Null: all services, those to come included. */
export function ServicesPicker(props: {
  readonly environment: EnvironmentView;
  readonly services: readonly string[] | null;
  readonly onChange: (services: readonly string[] | null) => void;
}): ReactNode {
  const names = props.environment.services.map((service) => service.name);
  const chosen = new Set(props.services ?? names);
  const label = props.services === null ? 'All services' : listed(props.services, 2);
  return (
    <Popover
      label="Services to show"
      side="top"
      trigger={
        <Button kind="ghost" size="small" className={styles.services} title={props.services?.join(', ')}>
          <span className="trunc">{label}</span>
          <ChevronDown size={12} strokeWidth={1.9} aria-hidden />
        </Button>
      }
    >
      <div className={cx(styles.servicesList, 'scroll')}>
        <Checkbox
          label="All services"
          checked={props.services === null ? true : chosen.size === 0 ? false : 'indeterminate'}
          onChange={() => props.onChange(null)}
        />
        {names.map((name) => (
          <Checkbox
            key={name}
            label={name}
            checked={chosen.has(name)}
            onChange={(on) => {
              const next = names.filter((one) => (one === name ? on : chosen.has(one)));
              // Nothing chosen would show nothing: that is never what is meant.
              if (next.length > 0) props.onChange(next.length === names.length ? null : next);
            }}
          />
        ))}
      </div>
    </Popover>
  );
}
