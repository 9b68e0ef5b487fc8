/** Lines of several clients, served in turn: first come, first served only within a client. */
export interface Turns<T> {
  readonly size: number
  /** What those who wait weigh together. */
  readonly weight: number
  add(client: string, item: T): void
  /** Takes the first of the client whose turn it is. */
  next(): T | undefined
  /** False if it was not there. */
  remove(client: string, item: T): boolean
  /** How many will be served up to and with this one, if nobody comes or goes. */
  positionOf(client: string, item: T): number
  /** Whether some line is so long that this client's would still be shorter with one more. */
  hasLonger(client: string): boolean
  /** Takes the last of the longest such line. */
  takeLastOfLonger(client: string): T | undefined
}

export function createTurns<T>(weigh: (item: T) => number = () => 0): Turns<T> {
  // A Map keeps the order in which keys were set: the clients in the order of their turns.
  const lines = new Map<string, T[]>()
  let size = 0
  let weight = 0

  const drop = (client: string, line: T[], index: number): T => {
    const [item] = line.splice(index, 1) as [T]
    size -= 1
    weight -= weigh(item)
    if (line.length === 0) lines.delete(client)
    return item
  }
  const longest = (client: string): [string, T[]] | undefined => {
    const most = (lines.get(client)?.length ?? 0) + 1
    let found: [string, T[]] | undefined
    for (const entry of lines) if (entry[1].length > (found?.[1].length ?? most)) found = entry
    return found
  }

  return {
    get size() {
      return size
    },
    get weight() {
      return weight
    },
    add(client, item) {
      const line = lines.get(client)
      if (line) line.push(item)
      else lines.set(client, [item])
      size += 1
      weight += weigh(item)
    },
    next() {
      for (const [client, line] of lines) {
        const item = drop(client, line, 0)
        lines.delete(client)
        if (line.length > 0) lines.set(client, line)
        return item
      }
      return undefined
    },
    remove(client, item) {
      const line = lines.get(client) ?? []
      const index = line.indexOf(item)
      if (index < 0) return false
      drop(client, line, index)
      return true
    },
    positionOf(client, item) {
      const index = lines.get(client)?.indexOf(item) ?? 0
      let ahead = 0
      let isBefore = true
      for (const [other, line] of lines) {
        if (other === client) isBefore = false
        else ahead += Math.min(line.length, index + (isBefore ? 1 : 0))
      }
      return ahead + index + 1
    },
    hasLonger: (client) => longest(client) !== undefined,
    takeLastOfLonger(client) {
      const found = longest(client)
      return found && drop(found[0], found[1], found[1].length - 1)
    },
  }
}
