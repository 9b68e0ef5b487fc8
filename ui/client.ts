import type { Detail } from '../core/errors.ts'
import type { ErrorView } from '../core/views.ts'
import { noteStatus } from './signed-out.ts'

export interface CallOptions {
  /** Sent as JSON. */
  body?: unknown
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** An answer that was not 2xx, or none at all (status 0), with the way out if the controller named one. */
export class CallError extends Error {
  readonly code: string
  readonly status: number
  readonly hint: string | undefined
  readonly details: readonly Detail[]
  readonly requestId: string | undefined

  constructor(status: number, error: Partial<ErrorView['error']> & { message: string }) {
    super(error.message)
    this.name = 'CallError'
    this.status = status
    this.code = error.code ?? 'UNKNOWN'
    this.hint = error.hint
    this.details = error.details ?? []
    this.requestId = error.request_id
  }
}

/** Calls the controller: `await call<JobView>('GET /api/jobs/j1')`. Throws CallError. */
export async function call<T>(route: string, options: CallOptions = {}): Promise<T> {
  const response = await open(route, options)
  if (response.status === 204) return undefined as T
  return (await response.json()) as T
}

/** Like `call`, for answers that are read as they come. Throws CallError. */
export async function open(route: string, options: CallOptions = {}): Promise<Response> {
  const [method = 'GET', path = route] = route.split(' ')
  const response = await fetch(path, {
    method,
    headers: {
      ...(options.body !== undefined && { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
    ...(options.signal && { signal: options.signal }),
  }).catch((cause: unknown) => {
    if (options.signal?.aborted) throw cause
    throw new CallError(0, {
      code: 'CONTROLLER_UNREACHABLE',
      message: 'The controller does not answer.',
      hint: 'Is Spark Control running, and is this device on the same network?',
    })
  })
  if (!response.ok) {
    // A token that was refused here is told where it was typed.
    if (path !== '/api/access/session') noteStatus(response.status)
    throw await readError(response)
  }
  return response
}

/** A key for `Idempotency-Key`. (crypto.randomUUID exists on https only.) */
export const newKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')

/** Any thrown value as words for a person. */
export const asCallError = (thrown: unknown): CallError =>
  thrown instanceof CallError
    ? thrown
    : new CallError(0, { message: thrown instanceof Error ? thrown.message : String(thrown) })

async function readError(response: Response): Promise<CallError> {
  const text = await response.text().catch(() => '')
  try {
    const { error } = JSON.parse(text) as ErrorView
    if (typeof error.message === 'string') return new CallError(response.status, error)
  } catch {
    // Not ours: a proxy's page, or nothing.
  }
  return new CallError(response.status, {
    code: `HTTP_${response.status}`,
    message: `The controller answered ${response.status} ${response.statusText}.`.replace(
      ' .',
      '.',
    ),
  })
}
