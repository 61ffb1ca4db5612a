import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: 'test/support/build.ts',
    include: ['test/long/**/*.test.ts'],
    setupFiles: 'test/support/examples.ts',
    testTimeout: 600_000,
    fileParallelism: false,
  },
});
