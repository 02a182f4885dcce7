import { expect, type Locator, type Page } from '@playwright/test';

/** Today's buttons, what a routine will run, and a run of it. */
export function routinePage(page: Page) {
  const main = page.getByRole('main');
  const steps = main.getByRole('group', { name: 'Steps', exact: true });
  return {
    /** The page's sentence: what it does, then the verdict. */
    heading: main.getByRole('heading', { level: 2 }).first(),
    steps,
    /** A step, or the group of steps that holds it. */
    stage: (title: string): Locator => steps.getByRole('listitem').filter({ hasText: title }).first(),
    output: (title: string): Locator => steps.getByRole('log', { name: `Output of ${title}` }),
    question: (text: string | RegExp): Locator => steps.getByRole('group', { name: text }),
    verdict: steps.getByRole('region', { name: 'Verdict' }),
    button: (name: string | RegExp): Locator => main.getByRole('button', { name, exact: typeof name === 'string' }),
    foot: page
      .locator('footer')
      .last()
      .getByRole('button', { name: /step \d+ of \d+|asks you/ }),
    async expectVerdict(sentence: string | RegExp, timeout = 60_000): Promise<void> {
      await expect(this.verdict).toBeVisible({ timeout });
      await expect(this.heading).toHaveText(sentence);
    },
  };
}
