import { expect, type Locator, type Page } from '@playwright/test';

/** Logs and shells at the foot of the window. */
export function dockPage(page: Page) {
  const root = page.getByRole('region', { name: 'Dock', exact: true });
  const screen = root.locator('.xterm-rows');
  const shells = root.getByRole('list', { name: 'Open terminals' }).getByRole('listitem');
  return {
    root,
    tab: (name: 'Logs' | 'Terminal'): Locator => root.getByRole('tab', { name: new RegExp(`^${name}`) }),
    lines: root.getByRole('group', { name: 'Log lines' }),
    search: root.getByRole('textbox', { name: 'Search the log' }),
    button: (name: string): Locator => root.getByRole('button', { name, exact: true }),
    skipped: root.getByText(/lines skipped/),
    screen,
    shells,
    question: (name: string): Locator => root.getByRole('alertdialog', { name }),
    find: root.getByRole('textbox', { name: 'Search the terminal' }),
    /** Pastes into the terminal as the browser does; the clipboard itself is not touched. */
    paste: (text: string): Promise<void> =>
      page.evaluate((clip) => {
        const data = new DataTransfer();
        data.setData('text/plain', clip);
        document
          .querySelector('.xterm-helper-textarea')
          ?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
      }, text),
    /** Ends the terminal, whatever runs in it. */
    async end(shell: Locator): Promise<void> {
      const count = await shells.count();
      await shell.getByRole('button', { name: /^End the terminal/ }).click();
      const sure = root.getByRole('alertdialog', { name: 'End the terminal' }).getByRole('button', { name: 'End' });
      await expect(async () => {
        if (await sure.isVisible()) await sure.click();
        expect(await shells.count()).toBe(count - 1);
      }).toPass();
    },
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
