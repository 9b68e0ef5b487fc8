import type { IncomingHttpHeaders } from 'node:http'
import type { Lane } from './lane.ts'

/** Headers of a call of our own, with the key the server asks for. */
export function requestHeaders(
  { credentials: [name, value] }: Lane,
  headers: Record<string, string>,
): Record<string, string> {
  return {
    accept: 'application/json',
    ...(name !== undefined && value !== undefined && { [name]: value }),
    ...headers,
  }
}

/** Headers of an answer, each as one text. */
export function replyHeaders(given: IncomingHttpHeaders): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(', ')
  }
  return headers
}
