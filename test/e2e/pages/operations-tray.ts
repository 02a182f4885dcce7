import { expect, type Locator, type Page } from '@playwright/test';

/** What is under way and how it ended, at the right of the foot. */
export function operationsTray(page: Page) {
  const list = page.getByRole('dialog', { name: 'Operations' });
  const trigger = page.locator('footer').last().locator('[aria-haspopup="dialog"]');
  return {
    trigger,
    list,
    card: (title: string): Locator => list.getByRole('listitem').filter({ hasText: title }).first(),
    async open(): Promise<void> {
      await trigger.click();
      await expect(list).toBeVisible();
    },
  };
}
