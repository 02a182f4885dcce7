import { expect, type Locator, type Page } from '@playwright/test';

/** The list of environments. */
export function stacksPage(page: Page) {
  const grid = page.getByRole('grid', { name: 'Environments' });
  const row = (id: string): Locator => grid.getByRole('row').filter({ hasText: id });
  return {
    grid,
    row,
    /** A project that docker compose started, on this page or on the first one. */
    found: (project: string): Locator =>
      page.getByRole('grid', { name: 'Started with docker compose' }).getByRole('row').filter({ hasText: project }),
    addStack: page.getByRole('button', { name: 'Add a stack' }),
    /** The panel that shows what an action would do. */
    plan: (action: 'Start' | 'Remove', id: string): Locator =>
      page.getByRole('complementary', { name: `${action} ${id}` }),
    async rowAction(id: string, name: 'Start' | 'Stop' | 'Restart' | 'Logs' | 'More'): Promise<void> {
      await row(id).hover();
      await row(id).getByRole('button', { name, exact: true }).click();
    },
    async menu(id: string, item: string): Promise<void> {
      await row(id).hover();
      await row(id).getByRole('button', { name: 'More', exact: true }).click();
      await page.getByRole('menuitem', { name: item }).click();
    },
    async expectState(id: string, state: string | RegExp, timeout = 60_000): Promise<void> {
      await expect(row(id).getByRole('gridcell').nth(1)).toHaveText(state, { timeout });
    },
  };
}
