import type { ReactNode } from 'react';
import { Segmented } from '../../ui/segmented.tsx';

/** On or off, with both words to be seen. */
export function OnOff(props: {
  readonly label: string;
  readonly value: boolean;
  readonly onChange: (value: boolean) => void;
}): ReactNode {
  return (
    <Segmented
      label={props.label}
      value={props.value ? 'on' : 'off'}
      options={[
        { value: 'on', label: 'On' },
        { value: 'off', label: 'Off' },
      ]}
      onChange={(next) => props.onChange(next === 'on')}
    />
  );
}
