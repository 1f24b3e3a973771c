import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { expect, it } from 'vitest';

const MOST_BYTES = 7 * 1024;

it('is under 7 KB, minified and compressed, with all it needs', { timeout: 60_000 }, async () => {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    root: new URL('..', import.meta.url).pathname,
    build: {
      write: false,
      target: 'es2022',
      minify: true,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: 'src/index.ts', preserveEntrySignatures: 'strict', output: { format: 'es' } },
    },
  });
  const [bundle] = Array.isArray(built) ? built : [built];
  const chunks = bundle !== undefined && 'output' in bundle ? bundle.output : [];
  const code = chunks.map((chunk) => (chunk.type === 'chunk' ? chunk.code : '')).join('');
  expect(code).toContain('Session-Nonce');
  expect(gzipSync(code, { level: 9 }).length).toBeLessThan(MOST_BYTES);
});
