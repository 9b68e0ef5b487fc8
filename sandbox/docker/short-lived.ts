import { rmSync } from 'node:fs'
import { isAbsolute, join, posix, relative } from 'node:path'
import type { SimHost, ToolCall } from '../cluster.ts'
import type { ContainerSpec } from './daemon.ts'
import { parseOptions } from './options.ts'

/** Containers that only do one thing and go, as `--entrypoint rm` to delete files of root. */
export function shortLived(spec: ContainerSpec, host: SimHost) {
  const [program = '', ...args] = spec.command
  if (program === 'true' || program === 'echo') {
    return (call: Pick<ToolCall, 'out'>) => {
      if (program === 'echo') call.out(`${args.join(' ')}\n`)
      return 0
    }
  }
  if (program !== 'rm' && program !== '/bin/rm') return undefined
  return (call: Pick<ToolCall, 'err'>) => {
    for (const word of parseOptions(args, { flags: [['r', 'R'], ['f']], values: [] }).rest) {
      const path = posix.normalize(word) // `..` stays inside the container
      const mount = spec.mounts.find(
        (each) => path === each.target || path.startsWith(`${each.target}/`),
      )
      if (!mount) continue // a file of the image, which goes with the container
      const real = belowHome(host, join(mount.source, path.slice(mount.target.length)))
      if (real === undefined || mount.isReadOnly) {
        const why = mount.isReadOnly ? 'Read-only file system' : 'Permission denied'
        call.err(`rm: cannot remove '${word}': ${why}\n`)
        return 1
      }
      rmSync(real, { recursive: true, force: true })
    }
    return 0
  }
}

/** The path, if it lies below the simulated home: nothing else is ever touched. */
function belowHome(host: SimHost, path: string): string | undefined {
  const below = relative(host.home, path)
  return below === '' || below.startsWith('..') || isAbsolute(below) ? undefined : path
}
