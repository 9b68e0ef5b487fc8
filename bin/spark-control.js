#!/usr/bin/env node
/**
 * The command `spark-control`: TypeScript in a checkout, dist/npm in the package. Where the Node that
 * came to run this is too old, the one that npm installed along with it (package `node`) takes over.
 * Kept to what any Node since 14 understands.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const OLDEST = 24

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const main = [here('../core/main.ts'), here('../dist/npm/core/main.js')].find(existsSync)

if (Number(process.versions.node.split('.')[0]) >= OLDEST) {
  await import(pathToFileURL(main).href)
} else {
  const node = carriedNode()
  if (node) handOver(node)
  else {
    process.stderr.write(
      `Spark Control needs Node ${OLDEST} or newer; this is ${process.version}.\n` +
        'npm brings the right one along unless it is told not to: install without --omit=optional\n' +
        'and without --ignore-scripts.\n',
    )
    process.exitCode = 1
  }
}

function carriedNode() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('node/package.json'))
    return [join(folder, 'bin/node'), join(folder, 'bin/node.exe')].find(existsSync)
  } catch {
    return undefined // left out by whoever installed it
  }
}

function handOver(node) {
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
  // ^C in a terminal reaches both by itself
  process.on('SIGINT', () => undefined)
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}
