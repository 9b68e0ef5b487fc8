import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Cluster, ToolCall } from '../cluster.ts'
import { beginRepo, growFile, linkFile, placeFile } from '../models/cache.ts'
import { CATALOG, type CatalogModel } from '../models/catalog.ts'
import { commitOf, listFiles, type RepoFile } from '../models/files.ts'
import { randomHex } from '../pace.ts'

const BYTES_PER_S = 350e6
const STEP_MS = 1000

/** A model of the simulated hub. */
export const findOnHub = (repo: string): CatalogModel | undefined =>
  Object.values(CATALOG).find((each) => each.repo === repo)

/** Everything the simulated hub has. */
export const hubNames = (): string[] => Object.values(CATALOG).map(({ repo }) => repo)

/** Downloads into a hub folder with its real layout; `onFile` is told after each file. */
export async function downloadModel(
  call: Pick<ToolCall, 'signal'>,
  cluster: Cluster,
  hub: string,
  model: CatalogModel,
  onFile: (done: number, total: number) => void,
): Promise<string> {
  const root = beginRepo(hub, model, true)
  const files = listFiles(model)
  onFile(0, files.length)
  for (const [index, file] of files.entries()) {
    const blob = join(root, 'blobs', file.blob)
    const isHere = existsSync(blob) && statSync(blob).size === file.sizeBytes
    if (!isHere && file.content === undefined) await fetchLarge(call, cluster, root, file)
    if (file.content === undefined) linkFile(root, model, file)
    else placeFile(root, model, file)
    onFile(index + 1, files.length)
  }
  // A leftover of a killed download: the new one does not resume it, it takes its place.
  for (const name of readdirSync(join(root, 'blobs'))) {
    if (name.endsWith('.incomplete')) rmSync(join(root, 'blobs', name))
  }
  return join(root, 'snapshots', commitOf(model))
}

/** A growing `.incomplete`, renamed at the end; it stays when the caller is killed. */
async function fetchLarge(
  call: Pick<ToolCall, 'signal'>,
  cluster: Cluster,
  root: string,
  file: RepoFile,
): Promise<void> {
  const part = join(root, 'blobs', `${file.blob}.${randomHex(cluster.random, 8)}.incomplete`)
  const stepBytes = (BYTES_PER_S * STEP_MS) / 1000
  for (let bytes = 0; bytes < file.sizeBytes; bytes += stepBytes) {
    growFile(part, bytes)
    const restMs = ((file.sizeBytes - bytes) / BYTES_PER_S) * 1000
    await cluster.pace.sleep(Math.min(STEP_MS, restMs), call.signal)
  }
  growFile(part, file.sizeBytes)
  renameSync(part, join(root, 'blobs', file.blob))
}

/** What the hub answers to `GET /api/models/<repo>/revision/<revision>?blobs=true`. */
export function describeRepo(repo: string): { status: number; body: object } {
  const model = findOnHub(repo)
  if (!model) return { status: 401, body: { error: 'Repository not found' } }
  return {
    status: 200,
    body: {
      id: repo,
      sha: commitOf(model),
      gated: model.isGated ? 'manual' : false,
      siblings: listFiles(model).map(({ path, sizeBytes, blob, content }) => ({
        rfilename: path,
        size: sizeBytes,
        blobId: blob.slice(0, 40),
        ...(content === undefined && { lfs: { sha256: blob, size: sizeBytes } }),
      })),
    },
  }
}
