import { type ReactNode, useEffect, useState } from 'react';
import { useAppClient } from '../../client/app-client.ts';
import { createTerminals, type Terminals, TerminalsProvider } from './terminal/terminals.ts';

/** Keeps the shells of the window alive, whatever is open. Put it around everything that shows one. */
export function DockProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const client = useAppClient();
  const [terminals, setTerminals] = useState<Terminals | null>(null);
  useEffect(() => {
    const made = createTerminals(client);
    setTerminals(made);
    return () => made.dispose();
  }, [client]);
  return terminals === null ? null : <TerminalsProvider value={terminals}>{children}</TerminalsProvider>;
}
