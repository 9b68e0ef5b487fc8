import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  statSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import type { Cluster, Tool, ToolCall } from '../cluster.ts'
import { growFile } from '../models/cache.ts'
import { randomHex } from '../pace.ts'

const BYTES_PER_S = 1.1e9
const STEP_MS = 500
/** Larger files are sparse and stay so; smaller ones are really copied. */
const SMALL_BYTES = 1e6

/** `rsync -a … FOLDER user@ADDRESS:TARGET/` of one model to another host, over the fast link. */
export const rsync: Tool = async (call, host, cluster) => {
  const [source = '', to = ''] = call.args.slice(-2)
  const [, address = '', target = ''] = /^(?:[^@]+@)?([^:]+):(.+?)\/?$/.exec(to) ?? []
  const receiver = cluster.hosts.find(
    (each) => each !== host && (each.fabric === address || each.id === address),
  )
  const { ssh } = receiver?.faults.current() ?? {}
  if (!receiver || ssh === 'refuse' || ssh === 'freeze') {
    call.err(
      `ssh: connect to host ${address} port 22: Connection refused\nrsync: connection unexpectedly closed (0 bytes received so far) [sender]\n`,
    )
    return 255
  }
  const folder = join(target, basename(source))
  mkdirSync(join(folder, 'blobs'), { recursive: true })
  for (const name of readdirSync(join(source, 'blobs'))) {
    if (!name.endsWith('.incomplete'))
      await copyBlob(call, cluster, join(source, 'blobs', name), folder)
  }
  for (const part of ['refs', 'trees', 'snapshots']) {
    if (!existsSync(join(source, part))) continue
    cpSync(join(source, part), join(folder, part), { recursive: true, verbatimSymlinks: true })
  }
  return 0
}

async function copyBlob(
  call: Pick<ToolCall, 'signal'>,
  cluster: Cluster,
  from: string,
  folder: string,
): Promise<void> {
  const name = basename(from)
  const { size } = statSync(from)
  const blob = join(folder, 'blobs', name)
  if (existsSync(blob) && statSync(blob).size === size) return
  if (size < SMALL_BYTES) return copyFileSync(from, blob)
  const part = join(folder, 'blobs', `.${name}.${randomHex(cluster.random, 6)}`)
  const stepBytes = (BYTES_PER_S * STEP_MS) / 1000
  for (let bytes = 0; bytes < size; bytes += stepBytes) {
    growFile(part, bytes)
    await cluster.pace.sleep(Math.min(STEP_MS, ((size - bytes) / BYTES_PER_S) * 1000), call.signal)
  }
  growFile(part, size)
  renameSync(part, blob)
}
