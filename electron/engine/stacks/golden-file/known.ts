import type { FactNames } from '../../../../shared/domain/condition-types.ts';

/** What conditions may ask for; undefined while nobody says. */
export const knownFacts: FactNames | undefined = undefined as FactNames | undefined;
