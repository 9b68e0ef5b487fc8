import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { CatalogModel } from './catalog.ts'
import { commitOf, listFiles, type RepoFile } from './files.ts'

/** Where a repository lies in a hub folder. */
export function repoFolder(hub: string, repo: string): string {
  return join(hub, `models--${repo.replaceAll('/', '--')}`)
}

/** Begins a repository: folders and `refs/main`; the list of files too where `hasTree`. */
export function beginRepo(hub: string, model: CatalogModel, hasTree: boolean): string {
  const root = repoFolder(hub, model.repo)
  const commit = commitOf(model)
  for (const folder of ['blobs', 'refs', `snapshots/${commit}`]) {
    mkdirSync(join(root, folder), { recursive: true })
  }
  writeFileSync(join(root, 'refs', 'main'), commit)
  if (hasTree) {
    mkdirSync(join(root, 'trees'), { recursive: true })
    const files = Object.fromEntries(
      listFiles(model).map((file) => [
        file.path,
        file.content === undefined
          ? {
              size: file.sizeBytes,
              blob_id: file.blob.slice(0, 40),
              lfs_sha256: file.blob,
              lfs_size: file.sizeBytes,
            }
          : { size: file.sizeBytes, blob_id: file.blob },
      ]),
    )
    const tree = { format_version: 1, files }
    writeFileSync(join(root, 'trees', `${commit}.json`), JSON.stringify(tree))
  }
  return root
}

/** Puts one file into a repository: the blob (sparse when large) and the link of the snapshot. */
export function placeFile(root: string, model: CatalogModel, file: RepoFile): void {
  const blob = join(root, 'blobs', file.blob)
  if (file.content === undefined) growFile(blob, file.sizeBytes)
  else writeFileSync(blob, file.content)
  linkFile(root, model, file)
}

/** The link of the snapshot to a blob, relative as the hub makes it. */
export function linkFile(root: string, model: CatalogModel, file: RepoFile): void {
  const link = join(root, 'snapshots', commitOf(model), file.path)
  mkdirSync(dirname(link), { recursive: true })
  rmSync(link, { force: true })
  symlinkSync(relative(dirname(link), join(root, 'blobs', file.blob)), link)
}

/** Makes a file of this size without using disk space. */
export function growFile(path: string, sizeBytes: number): void {
  const file = openSync(path, 'a')
  try {
    ftruncateSync(file, sizeBytes)
  } finally {
    closeSync(file)
  }
}

/** Plants a whole model. */
export function plantModel(hub: string, model: CatalogModel, hasTree = true): void {
  const root = beginRepo(hub, model, hasTree)
  for (const file of listFiles(model)) placeFile(root, model, file)
}

/** Plants a model whose download was killed: some weights, one `.incomplete` of yesterday. */
export function plantPartial(hub: string, model: CatalogModel, wholeShards: number): void {
  const root = beginRepo(hub, model, true)
  let shards = 0
  for (const file of listFiles(model)) {
    const isShard = file.path.endsWith('.safetensors')
    if (isShard) shards += 1
    if (!isShard || shards <= wholeShards) placeFile(root, model, file)
    else if (shards === wholeShards + 1) {
      const blob = join(root, 'blobs', `${file.blob}.5e1f0a3c.incomplete`)
      growFile(blob, Math.floor(file.sizeBytes * 0.41))
      const yesterday = new Date(Date.now() - 26 * 3600 * 1000)
      utimesSync(blob, yesterday, yesterday)
    }
  }
}
