import { expect, type Locator, type Page } from '@playwright/test';

/** The golden images of an environment. */
export function goldenPage(page: Page) {
  const grid = page.getByRole('grid', { name: 'Golden images' });
  const side = page.getByRole('complementary');
  return {
    grid,
    row: (text: string | RegExp): Locator => grid.getByRole('row').filter({ hasText: text }),
    side,
    capture: page.getByRole('button', { name: /^Capture/ }).first(),
    purpose: page.getByLabel('What is it for?'),
    note: page.getByLabel('Note'),
    button: (name: string): Locator => side.getByRole('button', { name, exact: true }),
    /** The panel says how its operation ended. */
    async expectOutcome(text: string | RegExp): Promise<void> {
      await expect(side.getByRole('status').filter({ hasText: text })).toBeVisible({ timeout: 90_000 });
    },
    async closePanel(): Promise<void> {
      await side.getByRole('button', { name: 'Close', exact: true }).last().click();
      await expect(side).toBeHidden();
    },
  };
}
