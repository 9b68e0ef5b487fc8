import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Cluster, SimHost, Tool, ToolCall } from '../cluster.ts'
import { beginRepo, linkFile, placeFile, repoFolder } from '../models/cache.ts'
import type { CatalogModel } from '../models/catalog.ts'
import { listFiles, type RepoFile } from '../models/files.ts'
import { downloadModel, findOnHub, hubNames } from './hub.ts'

const COPY_BYTES_PER_S = 1.1e9

interface Wanted {
  model?: string
  copyTo: string[]
  mistake?: string
  wantsHelp: boolean
}

/** `hf-download.sh`: downloads from a simulated hub, copies to other hosts with `-c`. */
export const hfDownload: Tool = async (call, host, cluster) => {
  const say = (text: string) => call.out(`${text}\n`)
  const wanted = parse(call.args)
  if (wanted.mistake) say(wanted.mistake)
  if (wanted.wantsHelp) {
    say('Usage: ./hf-download.sh [OPTIONS] <model-name>  (stand-in of the Spark Control sandbox)')
    say(
      '  -c, --copy-to [hosts]   --copy-parallel   -u, --user <user>   --config <file>   -h, --help',
    )
    return 1
  }
  const name = wanted.model ?? ''
  const hub = join(call.env.HF_HOME || join(host.home, '.cache/huggingface'), 'hub')
  const startedAt = Date.now()
  const spent = () => hhmmss(((Date.now() - startedAt) * cluster.pace.speed) / 1000)
  say(`Downloading model '${name}' using uvx...`)
  const model = findOnHub(name)
  if (!model) {
    await cluster.pace.sleep(800, call.signal)
    call.err(
      `huggingface_hub.errors.RepositoryNotFoundError: 401 Client Error. Repository Not Found for url: https://huggingface.co/api/models/${name}/revision/main. (the sandbox's hub offers: ${hubNames().join(', ')})\n`,
    )
    say(`Error: Failed to download model '${name}'.`)
    return 1
  }
  await downloadModel(call, cluster, hub, model, (files, all) => {
    const percent = `${Math.round((100 * files) / all)}`.padStart(3)
    call.err(`\rFetching ${all} files: ${percent}%|          | ${files}/${all}`)
  })
  call.err('\n')
  say(`Download completed in ${spent()}`)
  const folder = repoFolder(hub, name)
  say(`Model directory: ${folder}`)
  if (wanted.copyTo.length === 0) say('No host specified, skipping copy.')
  else if (!(await copyAll(call, host, cluster, folder, model, wanted.copyTo))) return 1
  say(`\nTotal:     ${spent()}`)
  say(`Done downloading ${name}.`)
  return 0
}

function parse(words: readonly string[]): Wanted {
  const wanted: Wanted = { copyTo: [], wantsHelp: false }
  const queue = [...words]
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (/^(-c|--copy-to|--copy-to-hosts?)$/.test(word)) {
      // Takes every word up to the next dash, a model behind it included: the real script's trap.
      while (queue[0] !== undefined && !queue[0].startsWith('-')) {
        wanted.copyTo.push(...(queue.shift() ?? '').split(',').filter((each) => each !== ''))
      }
    } else if (word === '-u' || word === '--user' || word === '--config') queue.shift()
    else if (word === '-h' || word === '--help') wanted.wantsHelp = true
    else if (word === '--copy-parallel') continue
    else if (wanted.model === undefined) wanted.model = word
    else return { ...wanted, mistake: `Error: Unknown parameter: ${word}`, wantsHelp: true }
  }
  if (wanted.model === undefined && !wanted.wantsHelp) {
    return { ...wanted, mistake: 'Error: Model name is required.', wantsHelp: true }
  }
  return wanted
}

async function copyAll(
  call: ToolCall,
  host: SimHost,
  cluster: Cluster,
  folder: string,
  model: CatalogModel,
  addresses: string[],
): Promise<boolean> {
  call.out(`\nCopying model to ${addresses.length} host(s): ${addresses.join(' ')}\n`)
  for (const address of addresses) {
    call.out(`Copying model '${model.repo}' to sandbox@${address}...\n`)
    const others = cluster.hosts.filter((each) => each !== host)
    const target =
      others.find((each) => each.fabric === address || each.id === address) ??
      (address === '127.0.0.1' ? others[0] : undefined)
    const { ssh } = target?.faults.current() ?? {}
    if (!target || ssh === 'refuse' || ssh === 'freeze') {
      call.err(`ssh: connect to host ${address} port 22: Connection refused\n`)
      call.out(`Copy to ${address} failed.\n`)
      return false
    }
    const bytes = listFiles(model).reduce((sum, file) => sum + file.sizeBytes, 0)
    await cluster.pace.sleep((bytes / COPY_BYTES_PER_S) * 1000, call.signal)
    const hub = join(target.home, '.cache/huggingface/hub')
    const root = beginRepo(hub, model, true)
    for (const file of listFiles(model)) copyFile(folder, root, model, file)
    call.out(`Copy to ${address} completed in ${hhmmss(bytes / COPY_BYTES_PER_S)}\n`)
  }
  call.out('\nCopy complete.\n')
  return true
}

function copyFile(from: string, to: string, model: CatalogModel, file: RepoFile): void {
  if (file.content !== undefined) {
    copyFileSync(join(from, 'blobs', file.blob), join(to, 'blobs', file.blob))
    linkFile(to, model, file)
  } else placeFile(to, model, file) // sparse again, which a copy would not be
}

function hhmmss(seconds: number): string {
  const two = (value: number) => `${Math.floor(value)}`.padStart(2, '0')
  return `${two(seconds / 3600)}:${two((seconds % 3600) / 60)}:${two(seconds % 60)}`
}
