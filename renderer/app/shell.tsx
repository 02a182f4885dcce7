import type { ReactNode } from 'react';
import { Dock } from '../features/dock/dock.tsx';
import { OperationsTray } from '../features/operations/operations-tray.tsx';
import { RoutineCommands, RunInFoot } from '../features/routine/index.ts';
import { RoutineEditorCommands } from '../features/routine-editor/index.ts';
import { StackCommands } from '../features/stack/index.ts';
import { StacksCommands } from '../features/stacks/commands.tsx';
import { useCurrentEnvironment } from './current-environment.ts';
import { DesktopPlaces } from './desktop-places.tsx';
import { EngineBanner } from './engine-banner.tsx';
import { Foot } from './foot.tsx';
import { KeysList } from './keys-list.tsx';
import { PageView } from './page-view.tsx';
import { Palette } from './palette.tsx';
import { PlaceCommands } from './place-commands.tsx';
import { Rail } from './rail.tsx';
import styles from './shell.module.css';
import { TopBar } from './top-bar.tsx';
import { useShortcuts } from './use-shortcuts.ts';

/** The frame around every page. Features meet here and nowhere else. */
export function Shell(): ReactNode {
  useShortcuts();
  const current = useCurrentEnvironment();
  return (
    <div className={styles.app}>
      <Rail />
      <div className={styles.main}>
        <TopBar />
        <EngineBanner />
        <main className={styles.page}>
          <PageView />
        </main>
        <Dock />
        <Foot
          tray={
            <>
              <RunInFoot />
              <OperationsTray />
            </>
          }
        />
      </div>
      <PlaceCommands />
      <DesktopPlaces />
      <StacksCommands />
      <StackCommands environmentId={current?.id ?? null} />
      <RoutineCommands environmentId={current?.id ?? null} />
      <RoutineEditorCommands environmentId={current?.id ?? null} />
      <Palette />
      <KeysList />
    </div>
  );
}
