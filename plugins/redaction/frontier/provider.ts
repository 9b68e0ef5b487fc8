import { ControlError, gather } from '#core'

const MOST_BYTES = 32 * 1024 * 1024
const MOST_ERROR_BYTES = 64 * 1024

/** A whole answer; throws UPSTREAM_FAILED where it does not end. */
export async function readAll(
  body: AsyncIterable<Buffer>,
  mostBytes = MOST_BYTES,
): Promise<string> {
  const bytes = await gather(
    body,
    mostBytes,
    () =>
      new ControlError('UPSTREAM_FAILED', `The model elsewhere answered over ${mostBytes} bytes.`),
  )
  return bytes.toString()
}

interface Reply {
  status: number
  headers: Record<string, string>
  body: AsyncIterable<Buffer>
}

/** What the caller is told of an error elsewhere: in its words, in which nothing is restored. */
export async function failureOf({ status, headers, body }: Reply): Promise<ControlError> {
  const said = messageIn(await readAll(body, MOST_ERROR_BYTES).catch(() => ''))
  const retryAfterS = Number(headers['retry-after'])
  const isKey = status === 401 || status === 403
  return new ControlError(
    isKey ? 'FRONTIER_KEY' : status === 429 ? 'FRONTIER_BUSY' : 'FRONTIER_FAILED',
    `The model elsewhere answered ${status}${said === '' ? '' : `: ${said}`}.`,
    {
      status: status === 429 ? 429 : status === 400 || status === 413 ? 422 : 502,
      ...(isKey && { hint: 'Look at frontier.api_key of the service in topology.yaml.' }),
      ...(Number.isInteger(retryAfterS) && retryAfterS > 0 && { retryAfterS }),
    },
  )
}

function messageIn(text: string): string {
  try {
    const message: unknown = JSON.parse(text)?.error?.message
    return typeof message === 'string' ? message.slice(0, 300) : ''
  } catch {
    // an error page says nothing of use
    return ''
  }
}
