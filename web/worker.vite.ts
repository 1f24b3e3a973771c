/** Builds the service worker after the app, with the names of the app's files in it. */

import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import type { Plugin } from 'vite';

export function serviceWorker(): Plugin {
  let folder = '';
  let root = '';
  return {
    name: 'service-worker',
    apply: 'build',
    configResolved(config) {
      root = config.root;
      folder = join(config.root, config.build.outDir);
    },
    async closeBundle() {
      const all = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      const paths = all.map((entry) => join(entry.parentPath, entry.name).slice(folder.length)).filter((path) => path !== '/sw.js').sort();
      const hash = createHash('sha256');
      for (const path of paths) hash.update(path).update(readFileSync(join(folder, path)));
      const files = paths.filter((path) => path !== '/index.html' && /\.(js|css|svg|woff2)$/.test(path));
      await build({
        configFile: false,
        root,
        logLevel: 'warn',
        define: { __SHELL__: JSON.stringify({ build: hash.digest('hex').slice(0, 16), files }) },
        build: { target: 'es2022', emptyOutDir: false, copyPublicDir: false, outDir: folder, lib: { entry: 'src/sw.ts', formats: ['iife'], name: 'sw', fileName: () => 'sw.js' } },
      });
    },
  };
}
