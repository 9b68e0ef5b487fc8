import { createHash } from 'node:crypto'
import type { CatalogModel } from './catalog.ts'

/** One file of a repository. */
export interface RepoFile {
  path: string
  sizeBytes: number
  /** Absent for large files, whose content is simulated by nothing. */
  content?: string
  /** Name in `blobs`: sha256 for large files, sha1 for small ones. */
  blob: string
}

/** The commit `main` stands at. */
export function commitOf(model: Pick<CatalogModel, 'repo'>): string {
  return createHash('sha1').update(`commit ${model.repo}`).digest('hex')
}

/** Every file of a model's repository. */
export function listFiles(model: CatalogModel): RepoFile[] {
  const files: RepoFile[] = []
  const small = (path: string, content: string) => {
    const blob = createHash('sha1').update(`${model.repo}/${path}/${content}`).digest('hex')
    files.push({ path, content, sizeBytes: Buffer.byteLength(content), blob })
  }
  const large = (path: string, sizeBytes: number) => {
    files.push({
      path,
      sizeBytes,
      blob: createHash('sha256').update(`${model.repo}/${path}`).digest('hex'),
    })
  }
  small('README.md', `# ${model.repo}\n\nA simulated copy: the weights are empty.\n`)
  if (model.config) {
    small('config.json', `${JSON.stringify(model.config, null, 2)}\n`)
    small('generation_config.json', '{\n  "do_sample": true,\n  "temperature": 0.7\n}\n')
    small('tokenizer_config.json', '{\n  "model_max_length": 262144\n}\n')
    large('tokenizer.json', 11_422_654)
  }
  if (model.chatTemplate) small('chat_template.jinja', model.chatTemplate)
  const shards = shardNames(model.shardCount)
  const shardBytes = Math.floor(model.weightBytes / Math.max(1, shards.length))
  for (const path of shards) large(path, shardBytes)
  if (shards.length > 1) {
    const map = Object.fromEntries(
      shards.map((path, index) => [`model.layers.${index}.weight`, path]),
    )
    const index = { metadata: { total_size: model.weightBytes }, weight_map: map }
    small('model.safetensors.index.json', `${JSON.stringify(index, null, 2)}\n`)
  }
  for (const [path, sizeBytes] of Object.entries(model.extra ?? {})) large(path, sizeBytes)
  return files
}

function shardNames(count: number): string[] {
  if (count === 1) return ['model.safetensors']
  const five = (index: number) => `${index}`.padStart(5, '0')
  return Array.from(
    { length: count },
    (_each, index) => `model-${five(index + 1)}-of-${five(count)}.safetensors`,
  )
}
