import { type ReactNode, useEffect, useState } from 'react';
import { copyText } from './copy-button.tsx';
import { cx } from './cx.ts';
import styles from './place-button.module.css';

/** A `file:line:column` that a click puts on the clipboard, for an editor or a terminal to open. */
export function PlaceButton(props: {
  /** In full. */
  readonly place: string;
  /** As it is shown: relative to the folder, or shortened. */
  readonly children: ReactNode;
  readonly className?: string | undefined;
}): ReactNode {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <button
      type="button"
      className={cx(styles.place, props.className)}
      data-copied={copied}
      title={`Copy ${props.place}`}
      onClick={(event) => {
        event.stopPropagation();
        copyText(props.place).then(
          () => setCopied(true),
          () => undefined,
        );
      }}
    >
      <span className={styles.text}>{props.children}</span>
      <span className={styles.copied} aria-live="polite">
        {copied ? 'Copied' : ''}
      </span>
    </button>
  );
}

/** Values that the shell or Compose itself gave have no file. */
export const isFilePlace = (place: string): boolean => !place.startsWith('<');

/** `compose.yaml:12:7` inside the folder, `~/x.env:1:1` in the home, the words of what is no file. */
export function shortPlace(place: string, folder: string | null, home: string | null): string {
  if (place.startsWith('<environment>')) return 'shell';
  if (place.startsWith('<project>')) return 'set by Compose';
  if (place.startsWith('<')) return 'command line';
  if (folder !== null && place.startsWith(`${folder}/`)) return place.slice(folder.length + 1);
  return home !== null && place.startsWith(`${home}/`) ? `~${place.slice(home.length)}` : place;
}
