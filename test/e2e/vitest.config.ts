import { defineConfig } from 'vitest/config';

/** Deploys to an emulated AWS, which takes minutes and needs Python: apart from the other tests, one file after another. */
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.e2e.ts'],
    testTimeout: 180_000,
    hookTimeout: 600_000,
    teardownTimeout: 60_000,
    pool: 'forks',
    fileParallelism: false,
  },
});
