/** A typical request of a kind, for measuring how many its server takes at a time. */
export interface Sample {
  /** What is asked, in a few words: `chats of 64 tokens`. */
  title: string
  /** Path at the server. */
  path: string
  headers: Record<string, string>
  /** The n-th body. Each differs, or a server that remembers answers would look quicker than it is. */
  body(n: number): string | Uint8Array
}
