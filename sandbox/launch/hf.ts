import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Tool } from '../cluster.ts'
import { downloadModel, findOnHub, hubNames } from './hub.ts'

/** `hf download REPO [--revision REV]`: into HF_HUB_CACHE, the words of huggingface_hub's own CLI. */
export const hf: Tool = async (call, host, cluster) => {
  const [verb, repo, ...more] = call.args
  if (verb === 'version' || verb === '--version') {
    call.out('1.0.0 (stand-in of the Spark Control sandbox)\n')
    return 0
  }
  if (verb !== 'download' || repo === undefined) {
    call.err('Usage: hf download REPO_ID [--revision REVISION]\n')
    return 2
  }
  const { hub: fault } = host.faults.current()
  const home = call.env.HF_HOME || join(host.home, '.cache/huggingface')
  const hub = call.env.HF_HUB_CACHE || join(home, 'hub')
  await cluster.pace.sleep(800, call.signal)
  if (fault === 'offline') {
    call.err(
      "httpx.ConnectError: [Errno -3] Temporary failure in name resolution\nError: Failed to resolve 'huggingface.co'\n",
    )
    return 1
  }
  const model = findOnHub(repo)
  if (!model) {
    call.err(
      `Error: Repository not found. Check the \`repo_id\` and \`repo_type\` parameters. (the sandbox's hub offers: ${hubNames().join(', ')})\n`,
    )
    return 1
  }
  const revision = more[more.indexOf('--revision') + 1]
  if (more.includes('--revision') && revision !== 'main') {
    call.err('Error: Revision not found. Check the `revision` parameter.\n')
    return 1
  }
  if (model.isGated && !hasToken(call.env)) {
    call.err('Error: Access denied. This repository requires approval.\n')
    return 1
  }
  let begun = 0
  const folder = await downloadModel(call, cluster, hub, model, (done) => {
    begun = done
    // a disk that is full is full in the middle
    if (fault === 'full' && begun > 2) throw new DiskFull()
  }).catch((error: unknown) => {
    if (!(error instanceof DiskFull)) throw error
    call.err('OSError: [Errno 28] No space left on device\n')
    return undefined
  })
  if (folder === undefined) return 1
  call.out(`${folder}\n`)
  return 0
}

/** Any token will do here: the terms of every model were accepted by whoever has one. */
function hasToken({ HF_TOKEN, HF_TOKEN_PATH }: Record<string, string>): boolean {
  if (HF_TOKEN) return true
  return HF_TOKEN_PATH !== undefined && readFileSync(HF_TOKEN_PATH, 'utf8').trim() !== ''
}

class DiskFull extends Error {}
