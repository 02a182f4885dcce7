import { expect, type Locator, type Page } from '@playwright/test';

/** From a folder to a stack. */
export function addStackPage(page: Page) {
  const path = page.getByRole('textbox', { name: 'Path of the folder' });
  return {
    path,
    chooseFolder: page.getByRole('button', { name: 'Choose a folder' }),
    add: page.getByRole('button', { name: 'Add', exact: true }),
    addAndStart: page.getByRole('button', { name: 'Add and start' }),
    lookAgain: page.getByRole('button', { name: 'Look again' }),
    otherFolder: page.getByRole('button', { name: 'Other folder' }),
    /** The sentence that says what the folder is. */
    verdict: (text: string | RegExp): Locator => page.getByRole('heading', { name: text, level: 2 }),
    section: (name: string): Locator => page.getByRole('region', { name }),
    async lookAt(folder: string): Promise<void> {
      await path.fill(folder);
      await page.getByRole('button', { name: 'Look there' }).click();
      await expect(path).toBeHidden();
    },
  };
}
