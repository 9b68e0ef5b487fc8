import solid from 'vite-plugin-solid'
import { defineConfig } from 'vitest/config'

/** Needs what a bare machine lacks: real SSH servers and container daemons, or a browser. */
const REAL = '**/*.real.test.ts'
const E2E = '**/*.e2e.test.ts'
const NOT_OURS = ['**/node_modules/**', '**/dist/**']

/** A whole controller on a simulated cluster. */
const INTEGRATION = 'core/testing/integration/**/*.test.ts'

/**
 * Five projects: `node`, `ui` and `integration` run everywhere, `real` and `e2e` where their parts are present.
 * Three workers for the two cores that CI and small machines have, since many a test mostly waits.
 */
export default defineConfig({
  test: {
    maxWorkers: 3,
    // the long tests run at full length in CI, on whatever machine that is
    testTimeout: process.env.CI === 'true' ? 120_000 : 20_000,
    hookTimeout: process.env.CI === 'true' ? 120_000 : 20_000,
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          pool: 'forks',
          isolate: false,
          include: ['**/*.test.ts'],
          exclude: [...NOT_OURS, REAL, E2E, INTEGRATION],
        },
      },
      {
        test: {
          name: 'integration',
          isolate: false,
          environment: 'node',
          pool: 'forks',
          include: [INTEGRATION],
          exclude: NOT_OURS,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        plugins: [solid()],
        test: {
          name: 'ui',
          environment: 'jsdom',
          isolate: false,
          setupFiles: ['ui/testing/each-file.ts'],
          include: ['**/*.test.tsx'],
          exclude: NOT_OURS,
        },
      },
      {
        test: {
          name: 'real',
          environment: 'node',
          pool: 'forks',
          include: [REAL],
          exclude: NOT_OURS,
          // daemons, containers and their stops take as long as they take
          testTimeout: 180_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'e2e',
          environment: 'node',
          pool: 'forks',
          include: [E2E],
          exclude: NOT_OURS,
          testTimeout: 90_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
