import { dirname, resolve } from 'node:path'
import { decodeTopology } from './decode.ts'
import { interpolate, type Surroundings } from './interpolate.ts'
import { createMistakeList } from './mistakes.ts'
import { parseYaml } from './parse-yaml.ts'
import { isMap } from './walk-schema.ts'

/**
 * The folders under `plugins:`, absolute, taken from where `file` lies. They are read before the
 * rest, since the kinds that the rest is checked with come from there. Empty for a file that is not
 * YAML: `loadTopology` tells why.
 */
export function listPluginFolders(
  text: string | Uint8Array,
  file: string,
  surroundings: Surroundings,
): string[] {
  const decoded = decodeTopology(text)
  if ('mistake' in decoded) return []
  const mistakes = createMistakeList()
  const tree = parseYaml(decoded.text, mistakes)?.value
  const written = isMap(tree) && Array.isArray(tree.plugins) ? tree.plugins : []
  const folders = interpolate(written, surroundings, mistakes).value as unknown[]
  return folders.flatMap((folder) =>
    typeof folder === 'string' && folder !== '' ? [resolve(dirname(file), folder)] : [],
  )
}
