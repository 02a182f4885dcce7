import { ScrollText, SquareTerminal } from 'lucide-react';
import type { ReactNode } from 'react';
import { useConnection, useEngines } from '../client/hooks.ts';
import { ToneGlyph } from '../ui/health-glyph.tsx';
import { useWorkbench, useWorkbenchActions } from '../ui/workbench.ts';
import { engineWords } from './engine-words.ts';
import styles from './shell.module.css';

/** The line at the bottom: the dock's handles, operations, and the engine. */
export function Foot({ tray }: { readonly tray: ReactNode }): ReactNode {
  return (
    <footer className={styles.foot}>
      <DockHandles />
      <span className="grow" />
      {tray}
      <EngineButton />
    </footer>
  );
}

/** The dock shows its own head while it is open. */
function DockHandles(): ReactNode {
  const open = useWorkbench((state) => state.dock.open);
  const { setDockTab } = useWorkbenchActions();
  if (open) return null;
  return (
    <>
      <button type="button" onClick={() => setDockTab('logs')}>
        <ScrollText size={14} strokeWidth={1.9} aria-hidden />
        Logs
      </button>
      <button type="button" onClick={() => setDockTab('terminal')}>
        <SquareTerminal size={14} strokeWidth={1.9} aria-hidden />
        Terminal
      </button>
    </>
  );
}

function EngineButton(): ReactNode {
  const engine = useEngines().find((one) => one.selected) ?? null;
  const connection = useConnection();
  const { navigate } = useWorkbenchActions();
  const words = engineWords(connection, engine);
  return (
    <button
      type="button"
      title={engine === null ? 'Engines' : `${engine.endpoint}`}
      onClick={() => navigate({ page: 'settings', section: 'engines' })}
    >
      {words.fine ? null : <ToneGlyph tone="idle" shape={words.found ? 'dashed' : 'ring'} size={10} />}
      {words.text}
    </button>
  );
}
