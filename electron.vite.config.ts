import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { pageNoncePlaceholder } from './electron/doors/content-security.ts';

const root = import.meta.dirname;
const at = (path: string): string => resolve(root, path);

/** Natives stay outside the bundle: they load their own binaries. `cpu-features` is optional to ssh2 and not built. */
const external = ['electron', 'node-pty', '@photostructure/sqlite', 'cpu-features'];

const entries = { main: 'electron/main.ts', engine: 'electron/engine-process.ts', golden: 'electron/cli/golden.ts' };
const input = Object.fromEntries(
  Object.entries(entries)
    .map(([name, path]) => [name, at(path)] as const)
    .filter(([, path]) => existsSync(path)),
);

export default defineConfig({
  main: {
    build: {
      outDir: at('out/main'),
      externalizeDeps: false,
      // Not the newest Electron's: the CLI runs on the user's Node, and tests on an older Electron.
      target: 'node20.18',
      sourcemap: true,
      rollupOptions: {
        external,
        input,
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: at('out/preload'),
      target: 'node20.18',
      // A sandboxed preload must be one CommonJS file.
      rollupOptions: {
        input: { preload: at('electron/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('renderer'),
    base: './',
    html: { cspNonce: pageNoncePlaceholder },
    plugins: [react()],
    build: {
      outDir: at('out/renderer'),
      minify: true,
      target: 'chrome130',
      // Inlined assets would need data: in the policy.
      assetsInlineLimit: 0,
      rollupOptions: { input: at('renderer/index.html') },
    },
  },
});
