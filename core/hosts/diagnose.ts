import { ControlError } from '../errors.ts'
import { COMPARE_KEYS } from './compare-keys.ts'
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
  /** The first that was sent from there; empty: nothing. */
  said: string
}

/** Why a connection could not be made, in plain English with the way out. */
export function diagnose(error: unknown, attempt: Attempt): ControlError {
  if (error instanceof ControlError) return error
  const { target, verdict } = attempt
  if (verdict && verdict.is !== 'known') return keyRefused(target, verdict, error)
  const { code, level, message } = describe(error)
  const at = `${target.address}:${target.port}`
  if (level === 'client-authentication' || /too many authentication failures/i.test(message))
    return denied(attempt, error)
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
  // a reset that comes while we write is read as one, not as an end
  const isReset = verdict === undefined && (code === 'ECONNRESET' || code === 'EPIPE')
  if (isReset || message.includes('before handshake')) return hungUp(attempt, error)
  return new ControlError(
    'HOST_UNREACHABLE',
    `${target.hostId} (${at}): ${reason(message, code)}`,
    {
      hint: 'is it switched on, and on this network? is the address right?',
      cause: error,
    },
  )
}

/** It hung up before SSH began; what it said first, if anything, tells why. */
function hungUp({ target, said }: Attempt, cause: unknown): ControlError {
  const at = `${target.hostId} (${target.address}:${target.port})`
  const line =
    said
      .split(/[\r\n]/)[0]
      ?.replace(/[^ -~]/g, '?')
      .slice(0, 80) ?? ''
  if (/MaxStartups/i.test(line))
    return new ControlError('HOST_UNREACHABLE', `${at}: sshd takes no more logins at once`, {
      hint: 'it is tried again by itself; is somebody scanning it, or MaxStartups in its sshd_config low?',
      cause,
    })
  if (line !== '' && !line.startsWith('SSH-'))
    return new ControlError(
      'HOST_UNREACHABLE',
      `${at}: no SSH server listens there; it says "${line}"`,
      {
        hint: 'set hosts.<id>.ssh.port to the port of sshd, which is 22 unless somebody changed it',
        cause,
      },
    )
  return new ControlError('HOST_UNREACHABLE', `${at}: it hung up before SSH began`, {
    hint: 'too many logins at once, this address is blocked there (fail2ban, hosts.deny), or something else than sshd listens',
    cause,
  })
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
  const compare = `to compare, run on ${hostId} itself: ${COMPARE_KEYS}`
  return verdict.is === 'unknown'
    ? new ControlError('HOST_KEY_UNKNOWN', `${hostId} shows the key ${verdict.offered}`, {
        hint: `nobody has trusted it yet; ${compare}, then trust it: on the page Hosts, or by spark-control discover --trust`,
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
    {
      hint: `is ${target.user} a login name there? then add this line to ~${target.user}/.ssh/authorized_keys: ${publicKey}`,
      cause,
    },
  )
}

function reason(message: string, code: string | undefined): string {
  if (code === 'ETIMEDOUT' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH')
    return 'no answer from that address'
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
