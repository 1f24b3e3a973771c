// Browser stories against the real programs: every story has its own server and its own simulated network.
import { defineConfig } from '@playwright/test';
import { launchOptions } from './browser.mjs';
import { ARGS } from './faults/browser/names.js';

export default defineConfig({
  outputDir: 'test-results',
  timeout: 120_000,
  expect: { timeout: 15_000 },
  // Two, whatever the machine: each brings a browser, a server and a network.
  workers: 2,
  fullyParallel: true,
  forbidOnly: process.env['CI'] !== undefined,
  retries: 0,
  reporter: [['list', { printSteps: false }]],
  projects: [
    { name: 'stories', testDir: 'stories' },
    {
      name: 'faults',
      testDir: 'faults/browser',
      use: { launchOptions: { ...launchOptions, args: [...launchOptions.args, ...ARGS] } },
    },
  ],
  use: {
    browserName: 'chromium',
    launchOptions,
    locale: 'en-GB',
    timezoneId: 'UTC',
    viewport: { width: 1440, height: 900 },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
});
