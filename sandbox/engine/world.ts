/** What `docker exec` started in a container. */
export interface EngineProcess {
  processes(): { pid: number; args: string }[]
  /** SIGKILL: gone at once, without a word in the log. */
  kill(): void
}

/** One node's part in a multi-node run. */
export interface Rank {
  isLoaded: boolean
  /** Ends this node because another one is gone. */
  lose(lostRank: number): void
}

/** A multi-node run: the nodes that met at one master address. */
export interface World {
  readonly size: number
  readonly ranks: Map<number, Rank>
}
