import { defineConfig } from 'vite'
import solid from 'vite-plugin-solid'

/** Builds the dashboard into dist/ui; `npm run dev` serves it against a controller on port 9999. */
export default defineConfig({
  root: 'ui',
  plugins: [solid()],
  build: {
    outDir: '../dist/ui',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    assetsInlineLimit: 0,
  },
  server: {
    proxy: Object.fromEntries(
      ['/api', '/v1', '/healthz', '/metrics', '/plugins'].map((path) => [
        path,
        { target: 'http://127.0.0.1:9999', changeOrigin: true },
      ]),
    ),
  },
})
