import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import solid from 'vite-plugin-solid'

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Builds the dashboard into dist/ui; `npm run dev` serves it against a controller on port 9999. */
export default defineConfig({
  root: folder('./ui'),
  plugins: [solid()],
  build: {
    outDir: folder('./dist/ui'),
    emptyOutDir: true,
    target: ['chrome123', 'firefox121', 'safari17.5'],
    // One small stylesheet: a page that comes later never arrives without its looks.
    cssCodeSplit: false,
    // The controller's Content-Security-Policy lets nothing inline pass.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      checks: { pluginTimings: false },
      // What every visit begins with is one file: by who else imports what it would be a dozen small ones.
      output: { codeSplitting: { groups: [{ name: 'shell', tags: ['$initial'] }] } },
      // Solid's handlers are set up when a module runs, so all of #ui would come with any part of it.
      treeshake: {
        moduleSideEffects: [{ test: /\/(ui|plugins)\/(?!main\b).*\.tsx?$/, sideEffects: false }],
      },
    },
  },
  // Everything the dashboard imports is an ES module already.
  optimizeDeps: { noDiscovery: true },
  server: {
    fs: { allow: [folder('.')] },
    proxy: Object.fromEntries(
      ['/api', '/v1', '/healthz', '/metrics', '/plugins'].map((path) => [
        path,
        { target: 'http://127.0.0.1:9999', changeOrigin: true },
      ]),
    ),
  },
})
