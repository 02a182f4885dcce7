import type { ReactNode } from 'react';
import { EmptyState } from '../ui/empty-state.tsx';

/** A browser that came without the link, or with one that was used before. */
export function NeedsLink(): ReactNode {
  return (
    <main>
      <h1 className="sr">Golden Hour</h1>
      <EmptyState
        title="This page needs its link"
        text="Golden Hour prints a link with a one-time key when it serves a browser. Open the newest one; each link opens one tab."
      />
    </main>
  );
}
