import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compressFolder } from './compress.ts'
import { sourceDigest } from './source-digest.ts'

const ROOT = join(import.meta.dirname, '..')
const OUT = join(ROOT, 'dist/ui')
const STAMP = '.sources'

/** `node ui/build.ts [--if-stale]`: builds the dashboard into dist/ui, and says so in a line. */
export async function buildDashboard({ isIfStale }: { isIfStale: boolean }): Promise<string> {
  const startedAt = performance.now()
  const digest = sourceDigest(ROOT)
  if (isIfStale && digest === builtDigest()) return 'dashboard: up to date'
  const vite = await loadVite()
  if (!vite) {
    if (existsSync(join(OUT, 'index.html')))
      return 'dashboard: vite is not installed, so the build that is there is used'
    throw new Error('dashboard: not built, and vite is not installed: run npm install')
  }
  // Built aside and put in place by renaming, so that a running controller never sees half of it.
  const aside = join(ROOT, `dist/.ui-${process.pid}`)
  // One build, whatever the shell has: under another NODE_ENV vite keeps the libraries' own checks.
  const { NODE_ENV } = process.env
  process.env.NODE_ENV = 'production'
  await vite.build({
    configFile: join(ROOT, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: join(aside, 'new') },
  })
  if (NODE_ENV === undefined) delete process.env.NODE_ENV
  else process.env.NODE_ENV = NODE_ENV
  await compressFolder(join(aside, 'new'))
  await writeFile(join(aside, 'new', STAMP), digest)
  await mkdir(OUT, { recursive: true })
  await rename(OUT, join(aside, 'old'))
  await rename(join(aside, 'new'), OUT)
  await rm(aside, { recursive: true })
  return `dashboard: built in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`
}

function builtDigest(): string | undefined {
  const stamp = join(OUT, STAMP)
  return existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined
}

async function loadVite(): Promise<typeof import('vite') | undefined> {
  try {
    return await import('vite')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined
    throw error
  }
}

if (import.meta.main) {
  const line = await buildDashboard({ isIfStale: process.argv.includes('--if-stale') })
  process.stdout.write(`${line}\n`)
}
