import { ControlError } from '../errors.ts'
import type { KeyVerdict } from './known-hosts.ts'

/** Where a connection was to go, for saying it. */
export interface Target {
  hostId: string
  address: string
  port: number
  user: string
}

export interface Attempt {
  target: Target
  verdict: KeyVerdict | undefined
  /** The line for authorized_keys. */
  publicKey: string
}

/** Why a connection could not be made, in plain English with the way out. */
export function diagnose(error: unknown, attempt: Attempt): ControlError {
  if (error instanceof ControlError) return error
  const { target, verdict } = attempt
  if (verdict && verdict.is !== 'known') return keyRefused(target, verdict, error)
  const { code, level, message } = describe(error)
  const at = `${target.address}:${target.port}`
  if (level === 'client-authentication') return denied(attempt, error)
  if (code === 'ECONNREFUSED')
    return new ControlError(
      'HOST_REFUSED_CONNECTION',
      `${target.hostId} is there, but nothing listens on ${at}`,
      { hint: 'start sshd on the host, or set hosts.<id>.ssh.port', cause: error },
    )
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new ControlError(
      'HOST_UNREACHABLE',
      `${target.hostId}: nobody knows the name ${target.address}`,
      { hint: 'write the IPv4 address of the host into the topology', cause: error },
    )
  return new ControlError(
    'HOST_UNREACHABLE',
    `${target.hostId} (${at}): ${reason(message, code)}`,
    {
      hint: 'is it switched on, and on this network? is the address right?',
      cause: error,
    },
  )
}

/** What is thrown when the connect deadline passes; `isConnected`: TCP stood, SSH did not. */
export function connectTimedOut(target: Target, timeoutMs: number, isConnected: boolean) {
  const at = `${target.address}:${target.port}`
  const seconds = timeoutMs / 1000
  return new ControlError(
    'HOST_UNREACHABLE',
    isConnected
      ? `${target.hostId} takes connections on ${at}, but SSH did not come up in ${seconds} s`
      : `${target.hostId} does not answer on ${at} (waited ${seconds} s)`,
    {
      hint: isConnected
        ? 'the host may be overloaded, or something else than sshd listens there'
        : 'is it switched on, and on this network? is the address right?',
    },
  )
}

function keyRefused(
  { hostId }: Target,
  verdict: Exclude<KeyVerdict, { is: 'known' }>,
  cause: unknown,
) {
  const compare = `to compare, run on ${hostId} itself: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub`
  return verdict.is === 'unknown'
    ? new ControlError('HOST_KEY_UNKNOWN', `${hostId} shows the key ${verdict.offered}`, {
        hint: `nobody has trusted it yet; ${compare}, then trust it`,
        cause,
      })
    : new ControlError(
        'HOST_KEY_CHANGED',
        `${hostId} shows the key ${verdict.offered}, but the trusted one is ${verdict.known}`,
        {
          hint: `harmless after a reinstallation; otherwise another machine may be answering. ${compare}`,
          cause,
        },
      )
}

function denied({ target, publicKey }: Attempt, cause: unknown): ControlError {
  return new ControlError(
    'HOST_AUTH_FAILED',
    `${target.hostId} does not let ${target.user} in with the controller's key`,
    { hint: `add this line to ~${target.user}/.ssh/authorized_keys: ${publicKey}`, cause },
  )
}

function reason(message: string, code: string | undefined): string {
  if (code === 'ETIMEDOUT' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH')
    return 'no answer from that address'
  if (message.includes('before handshake'))
    return 'it hung up before SSH began (too many connections at once, or this address is blocked)'
  return message
}

function describe(error: unknown): { code?: string; level?: string; message: string } {
  if (!(error instanceof Error)) return { message: String(error) }
  const { code, level } = error as { code?: unknown; level?: unknown }
  return {
    message: error.message,
    ...(typeof code === 'string' && { code }),
    ...(typeof level === 'string' && { level }),
  }
}
