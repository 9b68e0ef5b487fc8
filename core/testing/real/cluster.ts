import { execFileSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { makeKeyPair } from '../../hosts/key-pair.ts'
import { startDockerDaemon } from './docker-daemon.ts'
import { type ImageSpec, makeImage } from './image.ts'
import { clearFolder, clearLeftovers, makeFolder } from './leftovers.ts'
import { introduce, type RealHost, startHost } from './real-host.ts'

export type { ImageSpec } from './image.ts'
export { missingParts } from './missing-parts.ts'
export type { RealHost } from './real-host.ts'

/** Two machines made of real parts, on loopback addresses of their own. */
export interface RealCluster {
  readonly hosts: readonly [RealHost, RealHost]
  /** Ends every process, unmounts and removes everything. */
  close(): Promise<void>
}

/**
 * Starts two hosts, each with OpenSSH's server and a Docker daemon, the same image on both. They share
 * this machine's kernel and network, so services on them need ports of their own.
 */
export async function startRealCluster(options: {
  /** Public keys that may log in, such as the controller's. */
  authorizedKeys: readonly string[]
  image: ImageSpec
  /** User id that commands on the hosts run as, instead of root's; it owns their homes. */
  uid?: number
}): Promise<RealCluster> {
  await clearLeftovers()
  const folder = makeFolder()
  try {
    const { private: privateKey, public: publicKey } = makeKeyPair('spark-control-test')
    const authorizedKeys = [...options.authorizedKeys, publicKey.trim()]
    const places = [
      { id: 'spark-1', address: '127.0.0.1', folder: join(folder, '1') },
      { id: 'spark-2', address: '127.0.0.2', folder: join(folder, '2') },
    ]
    const started = await Promise.all(
      places.map(async (place) => {
        const daemon = await startDockerDaemon(join(place.folder, 'docker'))
        return { place, daemon }
      }),
    )
    await makeImage(
      options.image,
      started.map(({ daemon }) => daemon),
      folder,
    )
    const { uid } = options
    const login = { authorizedKeys, ...(uid !== undefined && { uid }) }
    const [first, second] = await Promise.all(
      started.map(({ place, daemon }) => startHost({ ...place, daemon, ...login })),
    )
    if (!first || !second) throw new Error('two places make two hosts')
    introduce(first, [first, second], privateKey)
    introduce(second, [first, second], privateKey)
    if (uid !== undefined) handOver(folder, [first, second], uid)
    return {
      hosts: [first, second],
      async close() {
        await Promise.all([first.close(), second.close()])
        await clearFolder(folder)
      },
    }
  } catch (error) {
    await clearFolder(folder)
    throw error
  }
}

/** A user who is not root can reach the homes, which are his, and the daemons. */
function handOver(folder: string, hosts: readonly RealHost[], uid: number): void {
  for (const path of [folder, ...['1', '2'].map((name) => join(folder, name))])
    chmodSync(path, 0o755)
  for (const name of ['1', '2']) {
    chmodSync(join(folder, name, 'docker'), 0o755)
    chmodSync(join(folder, name, 'docker', 'docker.sock'), 0o666)
  }
  for (const { home } of hosts) execFileSync('chown', ['-R', `${uid}:${uid}`, home])
}
