import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Container } from '../docker/daemon.ts'

/** A model as the engine finds it on disk. */
export interface ModelFiles {
  folder: string
  config: Record<string, unknown>
  /** Sum of the weight files at top level. */
  weightBytes: number
  shardCount: number
}

const HF_HOME = '/root/.cache/huggingface'

/**
 * Finds what `vllm serve NAME` would load, through the mounts of its container. Undefined when the
 * cache has no complete snapshot of it.
 */
export function findModel(
  name: string,
  container: Pick<Container, 'mounts' | 'env'>,
): ModelFiles | undefined {
  if (name.startsWith('/')) {
    const folder = hostPath(name, container)
    return folder === undefined ? undefined : readFolder(folder)
  }
  const hub = hostPath(`${container.env.HF_HOME ?? HF_HOME}/hub`, container)
  if (hub === undefined) return undefined
  const root = join(hub, `models--${name.replaceAll('/', '--')}`)
  const ref = join(root, 'refs', 'main')
  if (!existsSync(ref)) return undefined
  return readFolder(join(root, 'snapshots', readFileSync(ref, 'utf8').trim()))
}

function hostPath(path: string, container: Pick<Container, 'mounts'>): string | undefined {
  const mount = container.mounts.find(
    (each) => path === each.target || path.startsWith(`${each.target}/`),
  )
  return mount && join(mount.source, path.slice(mount.target.length))
}

function readFolder(folder: string): ModelFiles | undefined {
  const configFile = join(folder, 'config.json')
  if (!existsSync(configFile)) return undefined
  const config: unknown = JSON.parse(readFileSync(configFile, 'utf8'))
  const wanted =
    readIndex(folder) ?? readdirSync(folder).filter((each) => each.endsWith('.safetensors'))
  // existsSync follows links: a dangling one is a file that was never downloaded
  if (wanted.length === 0 || !wanted.every((each) => existsSync(join(folder, each))))
    return undefined
  const weightBytes = wanted.reduce((sum, each) => sum + statSync(join(folder, each)).size, 0)
  return {
    folder,
    config: config as Record<string, unknown>,
    weightBytes,
    shardCount: wanted.length,
  }
}

function readIndex(folder: string): string[] | undefined {
  const file = join(folder, 'model.safetensors.index.json')
  if (!existsSync(file)) return undefined
  const index = JSON.parse(readFileSync(file, 'utf8')) as { weight_map?: Record<string, string> }
  return [...new Set(Object.values(index.weight_map ?? {}))]
}
