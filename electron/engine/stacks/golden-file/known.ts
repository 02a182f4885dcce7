import type { FactNames } from '../../../../shared/domain/condition-types.ts';
import { gitFactNames } from '../../git/facts.ts';
import { ownFactNames } from '../../routines/facts.ts';

/** What conditions may ask for. */
export const knownFacts: FactNames = { ...gitFactNames, ...ownFactNames };
