// Browser stories against the real programs: every story has its own server and its own simulated network.
import { defineConfig } from '@playwright/test';
import { launchOptions } from './browser.mjs';

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
  globalSetup: './faults/browser/setup.ts',
  projects: [
    { name: 'stories', testDir: 'stories' },
    {
      name: 'faults',
      testDir: 'faults/browser',
      // Names of a house and of the world lead to this machine.
      use: { launchOptions: { ...launchOptions, args: [...launchOptions.args, '--host-resolver-rules=MAP *.lan 127.0.0.1, MAP *.example.net 127.0.0.1, MAP *.example.org 127.0.0.1'] } },
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
