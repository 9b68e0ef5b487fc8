/** Durable JSON values by name. Writes are synchronous and on disk when `set` returns. */
export interface KeyValue {
  get<T = unknown>(key: string): T | undefined
  set(key: string, value: unknown): void
  delete(key: string): void
  /** Keys that begin with `prefix`, sorted. */
  keys(prefix?: string): string[]
}
