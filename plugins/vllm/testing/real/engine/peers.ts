import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ServeOptions } from './options.ts'
import { say } from './voice.ts'

const TRIES = 150

/** Meets the other nodes at the master's port. From then on the loss of one ends all. */
export async function meetPeers(options: ServeOptions): Promise<void> {
  if (options.nodeCount < 2) return
  const peers = options.nodeRank === 0 ? await awaitPeers(options) : [await join(options)]
  for (const peer of peers) {
    peer.on('error', () => undefined) // a close follows
    peer.on('close', lost)
    peer.resume()
  }
  say.core(
    'parallel_state.py:1208',
    `rank ${options.nodeRank} in world size ${options.nodeCount} is assigned as DP rank 0, PP rank 0, TP rank ${options.nodeRank}`,
  )
}

async function awaitPeers({
  nodeCount,
  masterAddress,
  masterPort,
}: ServeOptions): Promise<Socket[]> {
  const server = createServer().listen(masterPort, masterAddress)
  const peers: Socket[] = []
  while (peers.length < nodeCount - 1) {
    const [socket] = (await once(server, 'connection')) as [Socket]
    peers.push(socket)
  }
  server.close()
  return peers
}

async function join({ masterAddress, masterPort }: ServeOptions): Promise<Socket> {
  for (let tries = 0; tries < TRIES; tries++) {
    const socket = connect(masterPort, masterAddress)
    try {
      await once(socket, 'connect')
      return socket
    } catch {
      // the head is not there yet
      await sleep(200)
    }
  }
  return unreachable()
}

function unreachable(): never {
  say.core(
    'core.py:845',
    'torch.distributed.DistBackendError: NCCL error in: NCCLUtils.cpp:94, unhandled system error',
    'ERROR',
  )
  process.exit(1)
}

function lost(): never {
  say.core(
    'multiproc_executor.py:231',
    'Worker proc VllmWorker-1 died unexpectedly, shutting down executor.',
    'ERROR',
  )
  process.exit(1)
}
