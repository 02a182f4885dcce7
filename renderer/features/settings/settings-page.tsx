import { type ReactNode, useEffect, useRef } from 'react';
import { useAppState } from '../../client/hooks.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { AboutSection, DiagnosticsSection } from './about-section.tsx';
import { EnginesSection } from './engines-section.tsx';
import { NotificationsSection } from './notifications-section.tsx';
import { PreferencesSection } from './preferences-section.tsx';
import { SecretsSection } from './secrets-section.tsx';
import styles from './settings.module.css';
import { StoreSection } from './store-section.tsx';
import { MetricsSection, WindowSection } from './window-section.tsx';

export function SettingsPage({ section }: { readonly section: string | null }): ReactNode {
  const known = useAppState(() => true) === true;
  const page = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (section === null || !known) return;
    const title = section.charAt(0).toUpperCase() + section.slice(1);
    page.current?.querySelector(`section[aria-label="${CSS.escape(title)}"]`)?.scrollIntoView({ block: 'start' });
  }, [section, known]);
  return (
    <div className="scroll grow" ref={page}>
      {known ? (
        <div className={styles.wrap}>
          <EnginesSection />
          <PreferencesSection />
          <NotificationsSection />
          <SecretsSection />
          <WindowSection />
          <StoreSection />
          <MetricsSection />
          <DiagnosticsSection />
          <AboutSection />
        </div>
      ) : (
        <Skeleton lines={5} />
      )}
    </div>
  );
}
