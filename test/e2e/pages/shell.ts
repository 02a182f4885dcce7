import { expect, type Locator, type Page } from '@playwright/test';

export type PlaceName = 'Today' | 'Stacks' | 'Golden images' | 'Activity' | 'Settings';

/** The frame around every page. */
export function shellPage(page: Page) {
  const rail = page.getByRole('navigation', { name: 'Main' });
  const heading = (name: string | RegExp): Locator => page.getByRole('heading', { name, level: 1 });
  return {
    rail,
    heading,
    foot: page.locator('footer').last(),
    /** The line over the last known state while an engine cannot be asked. */
    banner: page.getByRole('status').filter({ hasText: 'What you see is from then' }),
    place: (name: PlaceName): Locator => rail.getByRole('link', { name: new RegExp(`^${name}`) }),
    environment: (name: string): Locator => rail.getByRole('link', { name: new RegExp(`${name}$`) }),
    async goTo(name: PlaceName): Promise<void> {
      await rail.getByRole('link', { name: new RegExp(`^${name}`) }).click();
      await expect(heading(name)).toBeVisible();
    },
    async openPalette(): Promise<Locator> {
      await page.keyboard.press('ControlOrMeta+k');
      const palette = page.getByRole('dialog', { name: 'Search or run' });
      await expect(palette).toBeVisible();
      return palette;
    },
  };
}
export type ShellPage = ReturnType<typeof shellPage>;
