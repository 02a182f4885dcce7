import { expect, type Locator, type Page } from '@playwright/test';

/** Logs and shells at the foot of the window. */
export function dockPage(page: Page) {
  const root = page.getByRole('region', { name: 'Dock', exact: true });
  const screen = root.locator('.xterm-rows');
  return {
    root,
    tab: (name: 'Logs' | 'Terminal'): Locator => root.getByRole('tab', { name: new RegExp(`^${name}`) }),
    lines: root.getByRole('group', { name: 'Log lines' }),
    search: root.getByRole('textbox', { name: 'Search the log' }),
    button: (name: string): Locator => root.getByRole('button', { name, exact: true }),
    skipped: root.getByText(/lines skipped/),
    screen,
    shells: root.getByRole('list', { name: 'Open shells' }).getByRole('listitem'),
    async close(): Promise<void> {
      await root.getByRole('button', { name: 'Close the dock' }).click();
      await expect(root).toBeHidden();
    },
    /** Types a command into the shell and waits for what it prints. */
    async run(command: string, output: string | RegExp): Promise<void> {
      await page.keyboard.type(command);
      await page.keyboard.press('Enter');
      await expect(screen).toContainText(output);
    },
  };
}
