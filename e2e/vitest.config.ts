// The fault list without a browser: the real client against the real server, through a proxy that misbehaves.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['faults/**/*.test.ts'],
    globalSetup: 'faults/house.ts',
    // What these tests do is wait; all of a file wait together.
    testTimeout: 90_000,
    hookTimeout: 60_000,
    sequence: { concurrent: true },
    maxConcurrency: 6,
    maxWorkers: 2,
  },
});
