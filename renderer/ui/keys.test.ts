import { describe, expect, it } from 'vitest';
import { createSequence, type KeyPress, keyWords, matchesKey } from './keys.ts';

const press = (key: string, change: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...change,
});

describe('one key', () => {
  it('takes Ctrl for mod, and ⌘ on a Mac', () => {
    expect(matchesKey(press('k', { ctrlKey: true }), 'mod+k', false)).toBe(true);
    expect(matchesKey(press('k', { metaKey: true }), 'mod+k', true)).toBe(true);
    expect(matchesKey(press('k', { metaKey: true }), 'mod+k', false)).toBe(false);
    expect(matchesKey(press('k'), 'mod+k', false)).toBe(false);
  });

  it('does not take a letter with a modifier for the letter', () => {
    expect(matchesKey(press('r', { ctrlKey: true }), 'r', false)).toBe(false);
    expect(matchesKey(press('R', { shiftKey: true }), 'r', false)).toBe(false);
    expect(matchesKey(press('R', { shiftKey: true }), 'shift+r', false)).toBe(true);
  });

  it('knows printed characters whatever it took to print them', () => {
    expect(matchesKey(press('?', { shiftKey: true }), '?', false)).toBe(true);
    expect(matchesKey(press('?'), '?', false)).toBe(true);
  });

  it('is drawn as caps', () => {
    expect(keyWords('mod+k', false)).toEqual(['Ctrl', 'K']);
    expect(keyWords('mod+shift+r', true)).toEqual(['⌘', '⇧', 'R']);
    expect(keyWords('g s', false)).toEqual(['G', 'S']);
  });
});

describe('sequences', () => {
  const shortcuts = [
    { id: 'stacks', keys: 'g s' },
    { id: 'today', keys: 'g t' },
    { id: 'keys', keys: '?' },
  ];
  const follow = () => {
    let now = 0;
    const sequence = createSequence(() => now);
    return { key: (key: string) => sequence(press(key), shortcuts), wait: (ms: number) => (now += ms) };
  };

  it('completes', () => {
    const keys = follow();
    expect(keys.key('g')).toBeNull();
    expect(keys.key('s')).toBe('stacks');
    expect(keys.key('s')).toBeNull();
  });

  it('starts over after a wrong key, and after a pause', () => {
    const keys = follow();
    keys.key('g');
    expect(keys.key('x')).toBeNull();
    expect(keys.key('s')).toBeNull();
    keys.key('g');
    keys.wait(2000);
    expect(keys.key('s')).toBeNull();
  });

  it('lets a wrong key begin something else', () => {
    const keys = follow();
    keys.key('g');
    expect(keys.key('?')).toBe('keys');
    keys.key('g');
    keys.key('g');
    expect(keys.key('t')).toBe('today');
  });
});
