import { expect, type Locator, type Page } from '@playwright/test';

/** The verdict of the day, what needs attention, and how the day goes. */
export function todayPage(page: Page) {
  const day = page.getByRole('region', { name: 'The day', exact: true });
  return {
    day,
    attention: page.getByRole('region', { name: 'Needs attention' }),
    horizon: page.getByRole('region', { name: 'Horizon' }),
    /** Today's summary: before noon the last day's is shown until it is asked for. */
    async summary(): Promise<Locator> {
      const other = day.getByRole('button', { name: /^(Today|Last day)$/ });
      await expect(other).toBeVisible();
      if ((await other.textContent()) === 'Today') await other.click();
      return day.getByRole('region', { name: 'Today', exact: true });
    },
  };
}
