import type { EngineView } from '../../shared/contract/engines.ts';
import type { ConnectionView } from '../client/app-client.ts';
import { engineName, engineTitle } from '../ui/engine-words.ts';

export interface EngineWords {
  readonly text: string;
  readonly fine: boolean;
  /** There is an engine, it just does not answer. */
  readonly found: boolean;
}

/** The engine's state in the few words that fit the window's foot. */
export function engineWords(connection: ConnectionView, engine: EngineView | null): EngineWords {
  if (connection.state === 'connecting') return { text: 'Connecting', fine: false, found: true };
  if (connection.state === 'lost') return { text: 'Reconnecting', fine: false, found: true };
  if (connection.state === 'silent') return { text: 'Not answering', fine: false, found: true };
  if (engine === null) return { text: 'No engine', fine: false, found: false };
  switch (engine.state) {
    case 'available':
      return { text: engineTitle(engine), fine: true, found: true };
    case 'not-responding':
      return { text: `${engineName(engine)} not answering`, fine: false, found: true };
    case 'gone':
      return { text: `${engineName(engine)} is gone`, fine: false, found: true };
    case 'denied':
      return { text: `${engineName(engine)} refuses access`, fine: false, found: true };
    case 'not-found':
      return { text: 'No engine', fine: false, found: false };
  }
}

/** The sentence of the banner over the last known state, or null when all is well. */
export function troubleWords(
  connection: ConnectionView,
  engine: EngineView | null,
  hasEnvironments: boolean,
): { readonly title: string; readonly since: string; readonly own: boolean } | null {
  if (connection.state === 'lost')
    return { title: 'The engine of Golden Hour stopped', since: connection.since, own: true };
  if (connection.state === 'silent')
    return { title: 'The engine of Golden Hour stopped answering', since: connection.since, own: true };
  if (connection.state === 'connecting' || engine === null || engine.state === 'available' || !hasEnvironments)
    return null;
  const title = {
    'not-responding': `${engineName(engine)} stopped answering`,
    gone: `${engineName(engine)} stopped`,
    'not-found': `${engineName(engine)} is not there`,
    denied: `${engineName(engine)} refuses access`,
  }[engine.state];
  return { title, since: engine.since, own: false };
}
