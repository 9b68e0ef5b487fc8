import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One digest of everything the built dashboard depends on: same digest, same build. */
export function sourceDigest(root: string): string {
  const hash = createHash('sha256')
  for (const path of listSources(root))
    hash.update(`${path}\0`).update(readFileSync(join(root, path)))
  return hash.digest('hex')
}

function listSources(root: string): string[] {
  const plugins = readdirSync(join(root, 'plugins')).map((kind) => `plugins/${kind}/ui`)
  return [
    ...['vite.config.ts', 'package-lock.json'].filter((path) => existsSync(join(root, path))),
    ...['ui', ...plugins].flatMap((folder) => listFiles(root, folder)),
  ].sort()
}

function listFiles(root: string, folder: string): string[] {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .filter((entry) => !entry.parentPath.endsWith('/testing'))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
}
