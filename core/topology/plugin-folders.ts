import { dirname, resolve } from 'node:path'
import { decodeTopology } from './decode.ts'
import { createMistakeList } from './mistakes.ts'
import { parseYaml } from './parse-yaml.ts'
import { isMap } from './walk-schema.ts'

/**
 * The folders under `plugins:`, absolute, taken from where `file` lies. They are read before the
 * rest, since the kinds that the rest is checked with come from there. Empty for a file that is not
 * YAML: `loadTopology` tells why.
 */
export function listPluginFolders(text: string | Uint8Array, file: string): string[] {
  const decoded = decodeTopology(text)
  if ('mistake' in decoded) return []
  const tree = parseYaml(decoded.text, createMistakeList())?.value
  const folders = isMap(tree) && Array.isArray(tree.plugins) ? tree.plugins : []
  return folders.flatMap((folder) =>
    typeof folder === 'string' && folder !== '' ? [resolve(dirname(file), folder)] : [],
  )
}
