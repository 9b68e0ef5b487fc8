import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/**
 * Bundles the package into `<folder>/index.js`, which start-cli loads by `require`. The folder says
 * itself that it is CommonJS: below a package.json with `"type": "module"` the same file would load as
 * an empty object, without an error.
 */
export async function bundle(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n')
  await build({
    entryPoints: [join(ROOT, 'startos', 'index.ts')],
    outfile: join(folder, 'index.js'),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    // StartOS runs it on Debian's Node, whatever the controller's image has.
    target: 'node20',
    legalComments: 'eof',
    logLevel: 'warning',
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await bundle(resolve(process.argv[2] ?? join(ROOT, 'javascript')))
