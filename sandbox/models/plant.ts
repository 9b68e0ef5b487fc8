import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SimHost } from '../cluster.ts'
import { growFile, plantModel, plantPartial } from './cache.ts'
import { CATALOG } from './catalog.ts'

/** As much as its downloader keeps by default. */
const XET_BYTES = 10_000_000_000

/** The hub folder of a host's user. */
export function hubOf(home: string): string {
  return join(home, '.cache', 'huggingface', 'hub')
}

/** Puts the first models on the disks of the cluster; once, so that deleted ones stay deleted. */
export function plantFirstModels(hosts: readonly Pick<SimHost, 'id' | 'home' | 'root'>[]): void {
  hosts.forEach((host, index) => {
    const mark = join(host.root, 'planted')
    if (existsSync(mark)) return
    const hub = hubOf(host.home)
    mkdirSync(hub, { recursive: true })
    writeFileSync(join(hub, 'CACHEDIR.TAG'), 'Signature: 8a477f597d28d172789f06886806bc55\n')
    // what the hub's own downloader keeps of past downloads
    const chunks = join(hub, '..', 'xet', 'https___cas_serv-tGqkUaZf_CBPHQ6h', 'chunk-cache')
    mkdirSync(chunks, { recursive: true })
    growFile(join(chunks, 'AAAAAAAA'), XET_BYTES)
    plantModel(hub, CATALOG.qwen3Huge)
    plantModel(hub, CATALOG.gemma4)
    if (index === 0) {
      plantModel(hub, CATALOG.qwen36)
      plantModel(hub, CATALOG.gptOss, false) // of an older hub, without the list of files
      plantModel(hub, CATALOG.fineTune, false)
      plantModel(hub, CATALOG.gguf)
      plantPartial(hub, CATALOG.coderNext, 17)
    } else {
      plantModel(hub, CATALOG.qwen3Small)
    }
    writeFileSync(mark, 'The first models are on disk; delete this file to get them again.\n')
  })
}
