import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';
import { pageNoncePlaceholder } from './electron/doors/content-security.ts';

const root = import.meta.dirname;
const at = (path: string): string => resolve(root, path);

/** Natives stay outside the bundle: they load their own binaries. */
const external = ['electron', 'node-pty', '@photostructure/sqlite'];

/**
 * What dockerode loads for features that we have in other ways: ssh by its own client (ours runs the user's `ssh`), builds
 * over gRPC (ours are in providers/docker/buildkit). Loading it took longer than most commands run. And what dbus-native
 * loads to reach a bus in ways that we do not use: we open the socket ourselves.
 */
const unused = new Set([
  'ssh2',
  '@grpc/grpc-js',
  '@grpc/proto-loader',
  'protobufjs',
  'event-stream',
  'abstract-socket',
]);
const leaveOut: Plugin = {
  name: 'leave-out-unused',
  enforce: 'pre',
  resolveId: (source) => (unused.has(source) ? `\0unused:${source}` : undefined),
  load: (id) => (id.startsWith('\0unused:') ? 'export {};' : undefined),
};

const entries = { main: 'electron/main.ts', engine: 'electron/engine-process.ts', golden: 'electron/cli/golden.ts' };
const input = Object.fromEntries(
  Object.entries(entries)
    .map(([name, path]) => [name, at(path)] as const)
    .filter(([, path]) => existsSync(path)),
);

export default defineConfig({
  main: {
    plugins: [leaveOut],
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
