import { defineConfig } from 'vitest/config'

const ELSEWHERE = ['**/node_modules/**', '**/dist/**']
const REAL = '**/*.real.test.ts'
const E2E = '**/*.e2e.test.ts'
const common = { testTimeout: 20_000, hookTimeout: 60_000 }

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      { test: { ...common, name: 'node', include: ['**/*.test.ts'], exclude: [...ELSEWHERE, REAL, E2E] } },
      {
        extends: './vite.config.ts',
        root: '.',
        test: { ...common, name: 'ui', environment: 'jsdom', include: ['**/*.test.tsx'], exclude: ELSEWHERE },
      },
      { test: { ...common, name: 'real', include: [REAL], exclude: ELSEWHERE } },
      { test: { ...common, name: 'e2e', include: [E2E], exclude: ELSEWHERE } },
    ],
  },
})
