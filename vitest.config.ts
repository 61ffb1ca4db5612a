import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/long/**'],
    globalSetup: 'test/support/build.ts',
    // The machines that run this have two cores, and vitest would leave one of them idle.
    maxWorkers: 2,
    isolate: false,
    setupFiles: 'test/support/examples.ts',
    testTimeout: 30_000,
  },
});
