import type { Reply } from '../upstream/upstream.ts'

/** A port of a machine that is not in the topology yet. */
export interface FoundServer {
  port: number
  /** Containers of the machine and names in its user's home folder, as far as one could look. */
  containers: readonly { name: string; image: string }[]
  home: readonly string[]
  /** GET of a path, of this port or another; undefined where nothing answers. */
  ask(path: string, port?: number): Promise<Reply | undefined>
}

/** A server that is of a kind: 2 = it says so itself, 1 = it could be. */
export interface Recognised {
  certainty: 1 | 2
  /** Further keys of its entry in topology.yaml. */
  keys?: Record<string, unknown>
}
