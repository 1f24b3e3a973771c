// Without a browser: the fault list through a proxy that misbehaves, and push messages opened by somebody else's code.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['faults/**/*.test.ts', 'push/**/*.test.ts'],
    globalSetup: 'faults/house.ts',
    // What these tests do is wait; all of a file wait together.
    testTimeout: 90_000,
    hookTimeout: 60_000,
    sequence: { concurrent: true },
    maxConcurrency: 6,
    maxWorkers: 2,
  },
});
