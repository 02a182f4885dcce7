import { Command as Cmdk, defaultFilter } from 'cmdk';
import { Search } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import { Badge } from '../ui/badge.tsx';
import { type Command, commandGroups, useAllCommands } from '../ui/commands.ts';
import { cx } from '../ui/cx.ts';
import floating from '../ui/floating.module.css';
import { Kbd, Keys } from '../ui/kbd.tsx';
import { useReturnFocus } from '../ui/return-focus.ts';
import { useWorkbench, useWorkbenchActions } from '../ui/workbench.ts';
import { useCurrentEnvironment } from './current-environment.ts';
import { matchPieces } from './fuzzy.ts';
import styles from './palette.module.css';

export function Palette(): ReactNode {
  const open = useWorkbench((state) => state.paletteOpen);
  const { setPaletteOpen } = useWorkbenchActions();
  const focus = useReturnFocus();
  return (
    <Dialog.Root open={open} onOpenChange={setPaletteOpen}>
      <Dialog.Portal>
        <Dialog.Overlay className={styles.scrim} />
        <Dialog.Content className={cx(floating.pop, styles.pal)} aria-describedby={undefined} {...focus}>
          <Dialog.Title className="sr">Search or run</Dialog.Title>
          <PaletteBody />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function PaletteBody(): ReactNode {
  const commands = useAllCommands();
  const current = useCurrentEnvironment();
  const [query, setQuery] = useState('');
  const { setPaletteOpen, setKeysOpen } = useWorkbenchActions();
  const start = (command: Command): void => {
    setPaletteOpen(false);
    command.run();
  };
  return (
    <Cmdk label="Search or run" loop filter={score}>
      <div className={styles.top}>
        <Search size={16} strokeWidth={1.65} aria-hidden />
        <Cmdk.Input
          className={styles.input}
          value={query}
          onValueChange={setQuery}
          placeholder="Search or run"
          aria-label="Search or run"
        />
        {current === null ? null : <Badge tone="line">{current.id}</Badge>}
      </div>
      <Cmdk.List className={cx(styles.list, 'scroll')} label="Commands">
        <Cmdk.Empty className={styles.none}>Nothing matches “{query}”.</Cmdk.Empty>
        {commandGroups.map((group) => {
          const items = commands.filter((one) => one.group === group && one.id !== 'window.palette');
          if (items.length === 0) return null;
          return (
            <Cmdk.Group key={group} heading={group}>
              {items.map((command) => (
                <PaletteItem key={command.id} command={command} query={query} onRun={() => start(command)} />
              ))}
            </Cmdk.Group>
          );
        })}
      </Cmdk.List>
      <div className={styles.foot}>
        <span>
          <Kbd>Enter</Kbd>Run
        </span>
        <span className="grow" />
        <button
          type="button"
          onClick={() => {
            setPaletteOpen(false);
            setKeysOpen(true);
          }}
        >
          <Kbd>?</Kbd>All keys
        </button>
        <span>
          <Kbd>Esc</Kbd>Close
        </span>
      </div>
    </Cmdk>
  );
}

function PaletteItem(props: {
  readonly command: Command;
  readonly query: string;
  readonly onRun: () => void;
}): ReactNode {
  const { id, title, icon: Icon, hint, keys, keywords } = props.command;
  const found = matchPieces(title, props.query);
  return (
    <Cmdk.Item
      className={styles.item}
      value={id}
      keywords={[title, ...(keywords ?? []), ...(hint === undefined ? [] : [hint])]}
      onSelect={props.onRun}
    >
      {Icon === undefined ? <span /> : <Icon size={15} strokeWidth={1.65} aria-hidden />}
      <span className="trunc">
        {(found ?? [{ text: title, hit: false }]).map((piece, index) =>
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one string have no other name
          piece.hit ? <b key={index}>{piece.text}</b> : <span key={index}>{piece.text}</span>,
        )}
      </span>
      <span className={styles.hint}>{hint}</span>
      <span className={styles.keys}>{keys === undefined ? null : <Keys keys={keys} />}</span>
    </Cmdk.Item>
  );
}

/** Ranks by title and the words given with it; the id that cmdk knows an item by says nothing to people. */
function score(_id: string, query: string, words: readonly string[] = []): number {
  const [title = '', ...rest] = words;
  return defaultFilter(title, query, [...rest]);
}
