import { describe, expect, it } from 'vitest';
import { starters } from '../../shared/contract/operations.ts';
import { byItself, byPeople, starterNote, starterReason, starterWords } from './starter-words.ts';

const by = (who: (typeof starters)[number], reason: string | null = null) => ({ who, reason, service: null });

describe('who started an operation', () => {
  it('is said of everybody, and within a line only where it was not the window', () => {
    expect(starters.map((who) => starterWords(by(who)))).not.toContain(null);
    expect(starterWords(by('recovery'))).toBe('By itself: recovery');
    expect(starterNote(by('recovery'))).toBe('by itself: recovery');
    expect(starterNote(by('user'))).toBeNull();
    expect(starterNote(by('routine', 'Start the day'))).toBe('routine “Start the day”');
  });

  it('has a reason where nobody asked for it', () => {
    expect(starterReason(by('recovery', 'it is down (attempt 2)'))).toBe('it is down (attempt 2)');
    expect(starterReason(by('routine', 'Start the day'))).toBeNull();
    expect(starterReason(by('user'))).toBeNull();
  });

  it('is not made up where it was not written down', () => {
    expect([starterWords(null), starterWords(undefined), starterNote(null)]).toEqual([null, null, null]);
  });

  it('is in one of the lists that Activity offers', () => {
    expect([...byPeople, 'routine', ...byItself].sort()).toEqual([...starters].sort());
  });
});
