import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** No accessibility rule is broken on the page as it is now. Says which, where and by what. */
export async function expectAccessible(page: Page): Promise<void> {
  // Electron cannot open the blank page that axe would otherwise collect its results in.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] });
  const { violations } = await axe.analyze();
  const found = violations.map((violation) => ({
    rule: violation.id,
    help: violation.help,
    nodes: violation.nodes.map((node) => `${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
  }));
  expect(found).toEqual([]);
}

/** For `takeScreens`: the rules do not depend on the window's size, so each theme is checked at the first size only. */
export function accessibleInBothThemes(
  page: Page,
): (theme: unknown, size: { readonly width: number }) => Promise<void> {
  return async (_theme, size) => {
    if (size.width >= 1280) await expectAccessible(page);
  };
}
