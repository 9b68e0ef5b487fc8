/** One model somebody waits for. */
export interface Group {
  model: string
  requests: number
  /** When the oldest of its requests came. */
  sinceMs: number
}

/**
 * Requests waiting for models, gathered by model, so that one load serves all of them. Knows no
 * policy and no time of its own.
 */
export class Line {
  /** Requests of a model in the order they came: id → when. A model without any is not in it. */
  readonly #groups = new Map<string, Map<number, number>>()

  add(id: number, model: string, nowMs: number): void {
    const group = this.#groups.get(model) ?? new Map<number, number>()
    group.set(id, nowMs)
    this.#groups.set(model, group)
  }

  remove(id: number): void {
    for (const [model, group] of this.#groups) {
      if (!group.delete(id)) continue
      if (group.size === 0) this.#groups.delete(model)
      return
    }
  }

  has(model: string): boolean {
    return this.#groups.has(model)
  }

  /** Takes all requests of a model out of the line. */
  take(model: string): number[] {
    const ids = [...(this.#groups.get(model)?.keys() ?? [])]
    this.#groups.delete(model)
    return ids
  }

  /** Takes out all requests that came before a moment, or in it. */
  takeOlder(momentMs: number): number[] {
    const ids: number[] = []
    for (const group of this.#groups.values()) {
      for (const [id, sinceMs] of group) {
        if (sinceMs > momentMs) break
        ids.push(id)
      }
    }
    for (const id of ids) this.remove(id)
    return ids
  }

  /** The models waited for, the one with the oldest request first. */
  groups(): Group[] {
    return [...this.#groups]
      .map(([model, group]) => ({
        model,
        requests: group.size,
        sinceMs: group.values().next().value ?? 0,
      }))
      .sort((a, b) => a.sinceMs - b.sinceMs)
  }
}
