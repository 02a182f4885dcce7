import { expect, type Locator, type Page } from '@playwright/test';

export type ServiceTab = 'Overview' | 'Logs' | 'Terminal' | 'Health' | 'Stats' | 'Config' | 'Events';

/** One environment: its services and the panel of each. */
export function stackPage(page: Page) {
  const grid = page.getByRole('grid', { name: 'Services' });
  const row = (service: string): Locator =>
    grid.getByRole('row').filter({ has: page.getByText(service, { exact: true }) });
  const panel = (service: string): Locator => page.getByRole('complementary', { name: service, exact: true });
  return {
    grid,
    row,
    panel,
    /** The buttons that concern the whole stack. */
    head: (name: 'Start' | 'Stop' | 'Restart'): Locator =>
      page.getByRole('main').getByRole('button', { name, exact: true }).first(),
    async expectState(service: string, state: string | RegExp, timeout = 60_000): Promise<void> {
      await expect(row(service).getByRole('gridcell').nth(1)).toHaveText(state, { timeout });
    },
    /** Opens its panel; elsewhere in the row the port may be what is clicked. */
    async open(service: string): Promise<void> {
      await row(service).getByText(service, { exact: true }).click();
      await expect(panel(service)).toBeVisible();
    },
    async openTab(service: string, tab: ServiceTab): Promise<Locator> {
      await panel(service).getByRole('tab', { name: tab }).click();
      return panel(service).getByRole('tabpanel', { name: tab });
    },
    async rowAction(service: string, name: 'Restart' | 'Start' | 'Logs' | 'Terminal'): Promise<void> {
      await row(service).hover();
      await row(service).getByRole('button', { name, exact: true }).click();
    },
  };
}
export type StackPageObject = ReturnType<typeof stackPage>;
