import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import { say } from './voice.ts'

/** What of a model lies in the mounted cache. */
export interface Revision {
  architecture: string
  shards: string[]
}

const HUB = join(process.env.HF_HOME ?? join(homedir(), '.cache/huggingface'), 'hub')

/** Finds the model on the disk; ends the process as vLLM does when it is not there. */
export function findRevision(model: string): Revision {
  const folder = model.startsWith('/') ? model : folderOf(model)
  const shards = folder ? readdirSync(folder).filter((name) => name.endsWith('.safetensors')) : []
  const config = folder ? join(folder, 'config.json') : ''
  if (!existsSync(config) || shards.length === 0) return notInCache(model)
  const { architectures = [] } = JSON.parse(readFileSync(config, 'utf8')) as {
    architectures?: string[]
  }
  return { architecture: architectures[0] ?? 'LlamaForCausalLM', shards: shards.toSorted() }
}

function folderOf(model: string): string | undefined {
  const repo = join(HUB, `models--${model.replaceAll('/', '--')}`)
  const ref = join(repo, 'refs/main')
  if (!existsSync(ref)) return undefined
  return join(repo, 'snapshots', readFileSync(ref, 'utf8').trim())
}

function notInCache(model: string): never {
  say.plain('Traceback (most recent call last):')
  say.plain(
    `huggingface_hub.errors.LocalEntryNotFoundError: Cannot find an appropriate cached snapshot folder for ${model}`,
  )
  process.exit(1)
}

/** Ends the process as vLLM does when the GPU is full: the core says why, the API server only that. */
export function dieOfMemory(shard: string): never {
  say.core(
    'core.py:845',
    `EngineCore failed to start.\nTraceback (most recent call last):\n  loading ${basename(shard)}\ntorch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.12 GiB. GPU 0 has a total capacity of 121.69 GiB of which 0.41 GiB is free.`,
    'ERROR',
  )
  say.plain('Traceback (most recent call last):')
  say.plain(
    'RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {}',
  )
  process.exit(1)
}
