import type { Locator, Page } from '@playwright/test';

export function settingsPage(page: Page) {
  const section = (name: string): Locator => page.getByRole('region', { name, exact: true });
  return {
    section,
    engines: section('Engines'),
    testEngine: section('Engines').getByRole('button', { name: /^Test / }),
    theme: (name: 'System' | 'Light' | 'Dark'): Locator =>
      section('Preferences').getByRole('radio', { name, exact: true }),
    undoHours: page.getByRole('textbox', { name: 'Hours to keep undo points' }),
    storeFolder: page.getByRole('textbox', { name: /^Folder of the store/ }),
    collect: section('Diagnostics').getByRole('button', { name: /^Collect/ }),
    report: page.getByRole('group', { name: 'Diagnostics' }),
  };
}
