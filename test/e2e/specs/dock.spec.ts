import { expect, test } from '@playwright/test';
import { copyStack, type StackCopy } from '../../support/stacks.ts';
import { addStackPage } from '../pages/add-stack-page.ts';
import { dockPage } from '../pages/dock-page.ts';
import { stackPage } from '../pages/stack-page.ts';
import { launchApp, type RunningApp } from '../support/app.ts';
import { expectAccessible } from '../support/axe.ts';

let running: RunningApp;
let copy: StackCopy;
test.beforeAll(async () => {
  copy = await copyStack('http');
  running = await launchApp();
  const add = addStackPage(running.page);
  await add.lookAt(copy.folder);
  await add.addAndStart.click();
  await stackPage(running.page).expectState('http', 'Healthy');
});
test.afterAll(async () => {
  await running?.close();
  await copy?.remove();
});

const fault = (mode: string): Promise<Response> =>
  fetch(`http://127.0.0.1:${copy.ports['HTTP_PORT']}/fault?mode=${mode}`, { method: 'POST' });

/** The longest time from a key press to the next painted frame, ms, over `count` presses. */
function worstLatency(count: number): Promise<number> {
  return running.page.evaluate(async (presses) => {
    const input = document.querySelector<HTMLInputElement>('[aria-label="Search the log"]');
    if (input === null) throw new Error('There is no search field.');
    let worst = 0;
    for (let i = 0; i < presses; i += 1) {
      const start = performance.now();
      input.dispatchEvent(new KeyboardEvent('keydown', { key: 'x', bubbles: true }));
      // A task first: what is queued before us is part of what a user waits for.
      await new Promise((resolve) => setTimeout(resolve, 0));
      await new Promise((resolve) => requestAnimationFrame(resolve));
      worst = Math.max(worst, performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return worst;
  }, count);
}

test('a container that floods its log leaves the window responsive, its memory bounded and its drops counted', async () => {
  test.setTimeout(180_000);
  const { page } = running;
  const [stack, dock] = [stackPage(page), dockPage(page)];
  await stack.rowAction('http', 'Logs');
  await expect(dock.lines).toBeVisible();
  await fault('log-flood');
  try {
    await expect(dock.lines).toContainText('flood xxx');
    await expect(dock.skipped).toBeVisible({ timeout: 60_000 });
    const latency = await worstLatency(60);
    test.info().annotations.push({ type: 'worst latency under flood', description: `${Math.round(latency)} ms` });
    // Not a measurement: a window that is stuck answers in seconds.
    expect(latency).toBeLessThan(1000);
    const heap = await page.evaluate(
      () => (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize,
    );
    test.info().annotations.push({ type: 'heap under flood', description: `${Math.round(heap / 1e6)} MB` });
    expect(heap).toBeLessThan(250e6);
    // Only what is in sight is in the page.
    expect(await dock.lines.locator('[data-index]').count()).toBeLessThan(200);

    await dock.button('Pause').click();
    await expect(dock.button('Resume').first()).toBeVisible();
    const seen = await dock.lines.locator('[data-index]').last().textContent();
    await dock.search.fill('nothing like this');
    await expect(dock.root.getByText('none', { exact: true })).toBeVisible();
    await dock.search.fill('');
    expect(await dock.lines.locator('[data-index]').last().textContent()).toBe(seen);
  } finally {
    await fault('none');
  }
  await dock.button('Resume').first().click();
  await expectAccessible(page);
});
