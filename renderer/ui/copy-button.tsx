import { Check, Copy } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { Button, type ButtonProps } from './button.tsx';

/** Puts text on the clipboard and says so for two seconds. */
export function CopyButton(props: {
  readonly text: string | (() => string);
  readonly label?: string;
  readonly kind?: ButtonProps['kind'];
  readonly size?: ButtonProps['size'];
}): ReactNode {
  const [copied, setCopied] = useState<'no' | 'yes' | 'failed'>('no');
  useEffect(() => {
    if (copied === 'no') return;
    const timer = setTimeout(() => setCopied('no'), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <Button
      kind={props.kind ?? 'ghost'}
      size={props.size ?? 'small'}
      icon={copied === 'yes' ? Check : Copy}
      onClick={() => {
        const text = typeof props.text === 'string' ? props.text : props.text();
        copyText(text).then(
          () => setCopied('yes'),
          () => setCopied('failed'),
        );
      }}
    >
      <span aria-live="polite">
        {copied === 'yes' ? 'Copied' : copied === 'failed' ? 'Could not copy' : (props.label ?? 'Copy')}
      </span>
    </Button>
  );
}

/** The clipboard API is refused where the window denies every permission; the old command works on a user's click. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'sr';
    document.body.append(area);
    const focused = document.activeElement;
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    if (focused instanceof HTMLElement) focused.focus();
    if (!done) throw new Error('The clipboard did not take the text.');
  }
}
