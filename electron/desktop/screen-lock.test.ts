import { expect, it } from 'vitest';
import { lockedBy, lockMatches } from './screen-lock.ts';

const signal = (from: string, member: string, ...body: unknown[]) => ({
  type: 4 as const,
  path: '/',
  interface: from,
  member,
  body,
});

it('knows from any desktop whether the screen is locked', () => {
  expect(lockedBy(signal('org.gnome.ScreenSaver', 'ActiveChanged', true))).toBe(true);
  expect(lockedBy(signal('org.freedesktop.ScreenSaver', 'ActiveChanged', false))).toBe(false);
  expect(lockedBy(signal('org.freedesktop.ScreenSaver', 'WakeUpScreen'))).toBeNull();
  expect(lockedBy(signal('org.example.Other', 'ActiveChanged', true))).toBeNull();
  expect(lockedBy(signal('org.gnome.ScreenSaver', 'ActiveChanged', 'yes'))).toBeNull();
  expect(lockMatches).toContain("type='signal',interface='org.freedesktop.ScreenSaver',member='ActiveChanged'");
});
