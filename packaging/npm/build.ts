import { execFileSync } from 'node:child_process'
import {
  cpSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { buildDashboard } from '../../ui/build.ts'

const ROOT = join(import.meta.dirname, '../..')
const OUT = join(ROOT, 'dist/npm')

/** What is neither compiled nor the dashboard, and has to be there when it runs or by its licence. */
const AS_THEY_ARE = [
  'topology.example.yaml',
  'topology.schema.json',
  'packaging/spark-control.service',
  'examples/*.yaml',
  'plugins/*/recipes/*.yaml',
  'plugins/**/*.br',
  'plugins/**/{NOTICE,COPYRIGHT}*',
]

/**
 * `node packaging/npm/build.ts`, before `npm pack`: makes dist/npm, the tree that is published. It is laid out
 * as the repository, with JavaScript where that has TypeScript (Node strips no types below
 * node_modules), so no path within it differs.
 */
export async function buildPackage(): Promise<string> {
  const startedAt = performance.now()
  await buildDashboard({ isIfStale: true })
  // built aside and put in place by renaming: whoever runs it sees the one or the other
  const aside = join(ROOT, `dist/.npm-${process.pid}`)
  try {
    compile('tsconfig.json', aside)
    compile('tsconfig.types.json', aside)
    copy(globSync(AS_THEY_ARE, { cwd: ROOT }), aside)
    cpSync(join(ROOT, 'dist/ui'), join(aside, 'dist/ui'), {
      recursive: true,
      filter: (path) => basename(path) !== '.sources',
    })
    writeFileSync(join(aside, 'package.json'), `${JSON.stringify(ownPackage(), null, 2)}\n`)
    rmSync(OUT, { recursive: true, force: true })
    renameSync(aside, OUT)
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
  return `package: built in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`
}

function compile(config: string, outDir: string): void {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
  const project = join(import.meta.dirname, config)
  execFileSync(process.execPath, [tsc, '-p', project, '--outDir', outDir], { stdio: 'inherit' })
}

function copy(files: string[], to: string): void {
  for (const file of files) {
    mkdirSync(dirname(join(to, file)), { recursive: true })
    cpSync(join(ROOT, file), join(to, file))
  }
}

/** Of the tree alone: `#core` there is JavaScript. What npm reads stands in the package.json above. */
function ownPackage(): object {
  const { name, version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  return { name, version, private: true, type: 'module', imports: { '#core': './core/index.js' } }
}

if (import.meta.main) process.stderr.write(`${await buildPackage()}\n`)
