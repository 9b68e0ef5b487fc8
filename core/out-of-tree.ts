import { registerHooks } from 'node:module'
import { sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { moduleBeside } from './module-beside.ts'

const CORE = moduleBeside(import.meta.url, './index').href
const admitted = new Set<string>()
let isHooked = false

/**
 * Lets the modules below `folder` import `spark-control` (and `#core`), meaning this very core and
 * not a second copy, and read as ES modules whatever package.json stands near them.
 * Plugins are trusted code: they run with the rights of the controller.
 */
export function admitFolder(folder: string): void {
  admitted.add(pathToFileURL(folder.endsWith(sep) ? folder : folder + sep).href)
  if (isHooked) return
  isHooked = true
  registerHooks({
    resolve(specifier, context, next) {
      if (isAdmitted(context.parentURL) && (specifier === 'spark-control' || specifier === '#core'))
        return { url: CORE, format: formatOf(CORE), shortCircuit: true }
      if (isAdmitted(context.parentURL) && specifier.startsWith('@sinclair/typebox'))
        return next(specifier, { ...context, parentURL: CORE })
      const found = next(specifier, context)
      return isAdmitted(found.url) ? { ...found, format: formatOf(found.url) } : found
    },
  })
}

const isAdmitted = (url: string | undefined): boolean =>
  url !== undefined && [...admitted].some((folder) => url.startsWith(folder))

const formatOf = (url: string): 'module' | 'module-typescript' | 'json' => {
  const path = fileURLToPath(new URL(url).href.split('?')[0] ?? url)
  if (path.endsWith('.json')) return 'json'
  return path.endsWith('.ts') ? 'module-typescript' : 'module'
}
