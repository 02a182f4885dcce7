import { expect, test } from '@playwright/test';
import { enginePid, launchApp, type RunningApp, waitForConnection } from '../support/app.ts';
import { rawCall, sendFrames } from '../support/raw-port.ts';

let running: RunningApp;
test.beforeAll(async () => {
  running = await launchApp();
});
test.afterAll(() => running.close());

/** A change made elsewhere reaches the page over the page's own subscription. */
async function expectLive(theme: 'light' | 'dark'): Promise<void> {
  expect(await rawCall(running.page, 'settings/set', { theme })).toMatchObject({ status: 200, body: { theme } });
  await expect(running.page.locator('html')).toHaveAttribute('data-theme', theme);
}

test('the page recovers by itself when the engine’s process is killed', async () => {
  await expectLive('dark');
  for (let round = 0; round < 5; round += 1) {
    const before = await enginePid(running.app);
    process.kill(before, 'SIGKILL');
    await expect.poll(() => enginePid(running.app).catch(() => before)).not.toBe(before);
    await waitForConnection(running.page);
    await expectLive(round % 2 === 0 ? 'light' : 'dark');
  }
});

test('the window stays usable while there is no engine', async () => {
  // Stopped, not killed: nobody tells the page.
  const pid = await enginePid(running.app);
  process.kill(pid, 'SIGSTOP');
  try {
    await expect(running.page.locator('footer').last()).toHaveText(/Not answering/, { timeout: 10_000 });
    await running.page
      .getByRole('link', { name: 'Settings' })
      .or(running.page.getByRole('button', { name: 'Settings' }))
      .first()
      .click();
    await expect(running.page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await waitForConnection(running.page);
  await expectLive('dark');
});

test('garbage is answered as invalid input with its path, and nothing falls over', async () => {
  const before = await enginePid(running.app);
  expect(await rawCall(running.page, 'golden/capture', { environmentId: 'shop/main', purpose: 7 })).toMatchObject({
    status: 422,
    body: { code: 'APP', defined: true, data: { code: 'input.invalid', details: { issues: [{ path: 'purpose' }] } } },
  });
  expect(await rawCall(running.page, 'environments/up', { environmentId: 'x/y', services: [{}] })).toMatchObject({
    body: { data: { code: 'input.invalid', details: { issues: [{ path: 'services[0]' }] } } },
  });
  const frames = [
    'not json',
    '{',
    '[]',
    'null',
    '{"i":7}',
    '{"i":"a"}',
    '{"i":"b","p":{"u":"http://elsewhere/"}}',
    '{"i":"c","t":99}',
    '{"i":"d","p":{"u":"/__proto__/toString","b":{"json":{}}}}',
    '{"i":"e","p":{"u":"/state/watch","b":{"json":{"since":"x"},"meta":[[1,2,3]]}}}',
    `{"i":"f","p":{"u":"/golden/capture","b":{"json":${'['.repeat(5000)}${']'.repeat(5000)}}}}`,
    { i: 'g', p: { u: '/system/hello' } },
    null,
    42,
    new Array(10).fill('x'.repeat(100_000)).join(''),
    JSON.stringify({ i: 'last', p: { u: '/system/hello' } }),
  ];
  expect(await sendFrames(running.page, frames, 'last')).toMatchObject({ status: 200, body: { pid: before } });
  expect(await enginePid(running.app)).toBe(before);
  await expectLive('light');
});
