import {
  type IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
  ServerResponse,
} from 'node:http'

type Given = OutgoingHttpHeaders | OutgoingHttpHeader[]

/**
 * An answer with base headers (request id, security) that go out whoever writes it. They join its
 * head only when that is written: set one by one before, they made Node merge every forwarded
 * answer's headers a second time.
 */
export class Answer<Req extends IncomingMessage = IncomingMessage> extends ServerResponse<Req> {
  /** Names in lower case. A header of the same name that is set or given when writing wins. */
  base: Readonly<Record<string, string>> = {}

  override getHeader(name: string): number | string | string[] | undefined {
    return super.getHeader(name) ?? this.base[name.toLowerCase()]
  }

  override hasHeader(name: string): boolean {
    return super.hasHeader(name) || Object.hasOwn(this.base, name.toLowerCase())
  }

  override writeHead(status: number, reason?: string | Given, headers?: Given): this {
    const given = typeof reason === 'object' ? reason : headers
    // Raw pairs stay raw: Node writes them as they are if nothing else is set.
    if (Array.isArray(given) && this.getHeaderNames().length === 0) this.#addTo(given)
    else this.#set()
    return typeof reason === 'string'
      ? super.writeHead(status, reason, given)
      : super.writeHead(status, given)
  }

  #addTo(pairs: OutgoingHttpHeader[]): void {
    const end = pairs.length
    for (const name in this.base) {
      if (!isNamed(pairs, end, name)) pairs.push(name, this.base[name] as string)
    }
  }

  #set(): void {
    for (const name in this.base) {
      if (!super.hasHeader(name)) this.setHeader(name, this.base[name] as string)
    }
  }
}

function isNamed(pairs: OutgoingHttpHeader[], end: number, name: string): boolean {
  for (let i = 0; i < end; i += 2) {
    const each = pairs[i] as string
    if (each.length === name.length && each.toLowerCase() === name) return true
  }
  return false
}
