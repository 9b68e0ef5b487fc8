import { extname } from 'node:path'

/**
 * Where the module `name` (`./worker`) lies beside the module whose `import.meta.url` is `from`: a
 * `.ts` where TypeScript runs as it stands, a `.js` in the npm package. For what is started by its
 * file name, as programs and worker threads are; `import` needs no such help.
 */
export function moduleBeside(from: string, name: string): URL {
  return new URL(`${name}${extname(from)}`, from)
}
