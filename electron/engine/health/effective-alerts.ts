import type { AlertSettings } from '../../../shared/domain/alert-types.ts';
import type { Watched } from './watch-book.ts';

/** The user's settings with what the stacks' files mute on top. The same object as long as nothing changes. */
export function effectiveAlerts(
  settings: () => AlertSettings,
  watched: () => readonly Pick<Watched, 'id' | 'configs'>[],
): () => AlertSettings {
  let base: AlertSettings | undefined;
  let mutes = '';
  let effective: AlertSettings | undefined;
  // It is asked several times a second, and configs are made anew when they change.
  const mutedOf = new WeakMap<Watched['configs'], readonly string[]>();
  const mutedIn = (configs: Watched['configs']): readonly string[] => {
    const known = mutedOf.get(configs);
    if (known !== undefined) return known;
    const found = Object.keys(configs).filter((service) => configs[service]?.muted === true);
    mutedOf.set(configs, found);
    return found;
  };
  return () => {
    const current = settings();
    const muted = watched().flatMap(({ id, configs }) =>
      mutedIn(configs).map((service) => ({ environment: id, service })),
    );
    const key = JSON.stringify(muted);
    if (effective === undefined || current !== base || key !== mutes) {
      base = current;
      mutes = key;
      effective = muted.length === 0 ? current : { ...current, muted: [...current.muted, ...muted] };
    }
    return effective;
  };
}
