import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { launchApp, type RunningApp, root } from '../support/app.ts';
import { rawCall } from '../support/raw-port.ts';

let running: RunningApp;
test.beforeAll(async () => {
  running = await launchApp();
});
test.afterAll(() => running.close());

/** Runs text as a script of the page itself: what Playwright evaluates is not subject to the page's policy. */
async function runInPage(expression: string): Promise<unknown> {
  await running.page.evaluate(() => {
    delete (window as unknown as Record<string, unknown>)['probe'];
  });
  return running.page.evaluate((text) => {
    const script = document.createElement('script');
    script.textContent = `window.probe = ${text}`;
    document.head.append(script);
    script.remove();
    return (window as unknown as Record<string, unknown>)['probe'] ?? 'did not run';
  }, expression);
}

test('the page has nothing of Node or Electron', async () => {
  const found = await running.page.evaluate(() =>
    ['require', 'process', 'module', 'global', 'Buffer', 'electron', 'ipcRenderer', '__dirname'].filter(
      (name) => name in window,
    ),
  );
  expect(found).toEqual([]);
});

test('the page lives on its own origin, in a secure context', async () => {
  expect(running.page.url()).toBe('app://goldenhour/');
  expect(await running.page.evaluate(() => [window.origin, isSecureContext])).toEqual(['app://goldenhour', true]);
});

test('every answer carries the policy, and inline scripts and eval are refused', async () => {
  const answers = await running.page.evaluate(async () => {
    const paths = ['/', '/index.html', '/nothing', '/../../package.json', '/%2e%2e/%2e%2e/package.json'];
    return Promise.all(
      paths.map(async (path) => {
        const answer = await fetch(path);
        return { path, status: answer.status, policy: answer.headers.get('content-security-policy') ?? '' };
      }),
    );
  });
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 404, 404]);
  for (const { policy } of answers) {
    expect(policy).toContain("default-src 'none'");
    expect(/script-src ([^;]*)/.exec(policy)?.[1]).toBe("'self'");
    expect(/style-src ([^;]*)/.exec(policy)?.[1]).toMatch(/^'self' 'nonce-[^']+'$/);
  }
  expect(new Set(answers.map(({ policy }) => policy)).size).toBe(answers.length);
  expect(await runInPage('1')).toBe('did not run');
  // A nonce is good for styles only.
  expect(
    await running.page.evaluate(() => {
      const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
      const script = document.createElement('script');
      script.nonce = nonce;
      script.textContent = 'window.probe2 = 1';
      document.head.append(script);
      return { hasNonce: nonce !== '', ran: 'probe2' in window };
    }),
  ).toEqual({ hasNonce: true, ran: false });
});

test('no other address can be fetched or shown', async () => {
  const refused = await running.page.evaluate(async () => {
    const addresses = ['https://example.com/', 'http://127.0.0.1:1/', 'file:///etc/passwd', 'app://other/'];
    const results = await Promise.all(
      addresses.map((address) =>
        fetch(address).then(
          () => address,
          () => 'refused',
        ),
      ),
    );
    const frame = document.createElement('iframe');
    frame.src = 'app://goldenhour/';
    document.body.append(frame);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const framed = frame.contentDocument?.getElementById('root') !== null && frame.contentDocument !== null;
    frame.remove();
    return { results, framed };
  });
  expect(refused).toEqual({ results: Array(4).fill('refused'), framed: false });
});

test('every permission is denied, except writing to the clipboard', async () => {
  const answers = await running.page.evaluate(async () => {
    const outcome = (work: Promise<unknown>): Promise<string> =>
      work.then(
        () => 'granted',
        (error: Error) => error.name,
      );
    const names = ['geolocation', 'notifications', 'camera', 'microphone', 'midi', 'clipboard-read'] as const;
    const states = await Promise.all(
      names.map((name) => navigator.permissions.query({ name: name as PermissionName }).then(({ state }) => state)),
    );
    return {
      states,
      notification: await Notification.requestPermission(),
      media: await outcome(navigator.mediaDevices.getUserMedia({ audio: true })),
      display: await outcome(navigator.mediaDevices.getDisplayMedia()),
      location: await outcome(
        new Promise((resolve, reject) =>
          navigator.geolocation.getCurrentPosition(resolve, () => reject(new Error('denied'))),
        ),
      ),
    };
  });
  expect(answers.states).toEqual(Array(6).fill('denied'));
  expect(answers.notification).toBe('denied');
  for (const answer of [answers.media, answers.display, answers.location]) expect(answer).not.toBe('granted');
});

test('the page cannot be led away, and opens no windows', async () => {
  const windows = (): Promise<number> =>
    running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
  for (const address of ['https://example.com/', 'file:///etc/passwd', 'app://goldenhour/other', 'data:text/html,x']) {
    await running.page.evaluate((to) => {
      const link = document.createElement('a');
      link.href = to;
      document.body.append(link);
      link.click();
      link.remove();
      try {
        window.location.href = to;
      } catch {
        // Refused even earlier.
      }
    }, address);
    expect(await running.page.evaluate((to) => window.open(to) === null, address)).toBe(true);
  }
  expect(await running.page.evaluate(() => document.getElementById('root')?.childElementCount ?? 0)).toBeGreaterThan(0);
  expect(running.page.url()).toBe('app://goldenhour/');
  expect(await windows()).toBe(1);
});

test('only web addresses are handed to the system', async () => {
  await running.app.evaluate(({ shell }) => {
    const opened: string[] = [];
    (globalThis as unknown as Record<string, unknown>)['opened'] = opened;
    shell.openExternal = async (url) => void opened.push(url);
  });
  const opened = (): Promise<unknown> =>
    running.app.evaluate(() => (globalThis as unknown as Record<string, unknown>)['opened']);
  expect(await rawCall(running.page, 'desktop/openUrl', { url: 'http://localhost:8080/a?b=c' })).toMatchObject({
    status: 200,
  });
  for (const url of ['file:///etc/passwd', 'javascript:alert(1)', 'smb://x/y', 'vscode://x', '-h', 7, null]) {
    expect(await rawCall(running.page, 'desktop/openUrl', { url })).toMatchObject({
      status: 422,
      body: { data: { code: 'input.invalid', details: { issues: [{ path: 'url' }] } } },
    });
  }
  expect(await opened()).toEqual(['http://localhost:8080/a?b=c']);
});

test('a frame that is not ours gets no port', async () => {
  const got = await running.app.evaluate(
    ({ BrowserWindow, ipcMain }, preload) =>
      new Promise<string>((resolve) => {
        const other = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } });
        ipcMain.on('goldenhour:connect', (event) => {
          if (event.sender !== other.webContents) return;
          // Main had its turn when this runs; a port would be on its way now.
          setTimeout(async () => {
            const ports = await other.webContents.executeJavaScript('window.ports');
            other.destroy();
            resolve(`asked, got ${ports}`);
          }, 500);
        });
        void other.loadURL('data:text/html,<p>other').then(() =>
          other.webContents.executeJavaScript(`
            window.ports = 0;
            window.addEventListener('message', (event) => { window.ports += event.ports.length; });
            window.postMessage({ type: 'goldenhour:connect' }, '*');`),
        );
      }),
    join(root, 'out/preload/preload.cjs'),
  );
  expect(got).toBe('asked, got 0');
});

// Read from /proc: the suite runs on Linux.
test('Chromium’s sandbox is on', async () => {
  const preferences = await running.app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
      getLastWebPreferences(): Record<string, unknown>;
    };
    const { sandbox, contextIsolation, nodeIntegration, webviewTag } = contents.getLastWebPreferences();
    return { sandbox, contextIsolation, nodeIntegration, webviewTag };
  });
  expect(preferences).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false });
  const main = running.app.process().pid ?? 0;
  expect(await readFile(`/proc/${main}/cmdline`, 'utf8')).not.toContain('--no-sandbox');
  const pid = await running.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId(),
  );
  expect(await readFile(`/proc/${pid}/status`, 'utf8')).toMatch(/^Seccomp:\s+2$/m);
  // A sandboxed renderer has namespaces of its own; links of another user namespace may be unreadable.
  const namespace = (of: number | undefined): Promise<string> => readlink(`/proc/${of}/ns/pid`).catch(() => 'hidden');
  expect(await namespace(pid)).not.toBe(await namespace(main));
});
