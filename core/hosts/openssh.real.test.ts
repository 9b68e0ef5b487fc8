import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { authorizeLine } from './authorize-line.ts'
import type { Connection } from './connection.ts'
import type { ExecOptions, HostSpec } from './host.ts'
import { createHosts, type Hosts } from './hosts.ts'
import { keepKeyPair } from './key-pair.ts'
import { fingerprint } from './known-hosts.ts'
import { type Command, script, sh } from './sh.ts'
import { connectTo, TEST_KEY } from './testing/connect.ts'
import { realClock } from './testing/real-clock.ts'
import { startRelay } from './testing/relay.ts'
import { soon } from './testing/soon.ts'
import { type Sshd, startSshd, whyNoSshd } from './testing/sshd.ts'

const missing = whyNoSshd()
if (missing) console.warn(`skipped: the tests against OpenSSH need its server, and ${missing}`)

if (missing && process.env.CI === 'true')
  it('OpenSSH is there where CI runs', () => {
    expect(missing).toBeUndefined()
  })

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

let sshd: Sshd
beforeAll(async () => {
  if (!missing) sshd = await startSshd({ authorizedKey: TEST_KEY.publicKey })
})
afterAll(async () => {
  if (!missing) await sshd.close()
})

function connect(port = sshd.port, timing: Parameters<typeof connectTo>[1] = {}): Connection {
  const { connection, close } = connectTo(port, { user: sshd.user, ...timing })
  ends.push(close)
  return connection
}

/** Hosts of one, polled all the time. */
function pollOne(dataDir: string, { user, port }: Sshd): Hosts {
  const spec: HostSpec = {
    address: '127.0.0.1',
    user,
    ssh: { port },
    model_dirs: [],
    container_runtime: 'docker',
    memory: 'auto',
    local: false,
  }
  const hosts = createHosts({
    hosts: { 'spark-1': spec },
    dataDir,
    clock: realClock,
    log: pino({ level: 'silent' }),
    pollIntervalMs: 10,
    timing: { backoffMs: { first: 10, longest: 20 } },
  })
  ends.push(() => hosts.close())
  return hosts
}

/** Starts a command that prints its own pid first, and ends its group after the test. */
async function startLong(connection: Connection, command: Command, options: ExecOptions = {}) {
  const ready = Promise.withResolvers<string>()
  const onLine = (line: string) => ready.resolve(line)
  const done = connection.exec(command, { timeoutMs: null, ...options, onLine })
  done.catch(ready.reject)
  const line = await ready.promise
  const group = Number(line.split(' ').at(-1))
  ends.push(() => endGroup(group))
  return { line, done }
}

function endGroup(group: number) {
  try {
    process.kill(-group, 'SIGKILL')
  } catch {
    // it is gone, as most tests want it
  }
}

/** Not gone, and not merely waiting for a pid 1 that does not reap. */
const isRunning = (pid: string) => {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

describe.skipIf(missing)('against OpenSSH', () => {
  it('a command gives exit status, stdout and stderr, takes input and arguments', async () => {
    const connection = connect()
    expect(await connection.exec(sh`cat; echo oops >&2; exit 3`, { input: 'hällo' })).toMatchObject(
      { code: 3, stdout: 'hällo', stderr: 'oops\n' },
    )
    const words = ["it's", '-n', '$(id)', 'a\nb', '']
    const { stdout } = await connection.exec(script('printf "%s|" "$@"', ...words))
    expect(stdout).toBe(words.map((word) => `${word}|`).join(''))
    expect((await connection.exec(sh`kill -KILL $$`)).code).toBe(137)
  })

  it('a session killed with -9 in mid-command leaves the outcome unknown', async () => {
    const connection = connect()
    const { line, done } = await startLong(connection, sh`echo $PPID $$; sleep 1000`)
    const session = Number(line.split(' ')[0])
    expect(readFileSync(`/proc/${session}/cmdline`, 'utf8')).toContain('sshd')
    process.kill(session, 'SIGKILL')
    await expect(done).rejects.toMatchObject({ code: 'HOST_LOST' })
    expect((await connection.exec(sh`echo again`)).stdout).toBe('again\n')
  })

  it('cancelling kills the process group, and the answer comes when it is gone', async () => {
    const connection = connect()
    const stop = new AbortController()
    const command = sh`sh -c 'sleep 1000 & echo $! $0; wait' $$ | cat; wait`
    const { line, done } = await startLong(connection, command, { signal: stop.signal })
    const inner = line.split(' ')[0] ?? ''
    expect(isRunning(inner)).toBe(true)
    stop.abort(new Error('cancelled'))
    await expect(done).rejects.toThrow('cancelled')
    await soon(() => expect(isRunning(inner)).toBe(false))
  })

  it('1,000 callers at once beside 6 followed logs: none fails', async () => {
    const connection = connect()
    const stop = new AbortController()
    const logs = await Promise.all(
      Array.from({ length: 6 }, () =>
        startLong(connection, sh`echo $$; sleep 1000`, { signal: stop.signal }),
      ),
    )
    const results = await Promise.all(
      Array.from({ length: 1_000 }, (_, i) => connection.exec(sh`echo ${i}`)),
    )
    expect(results.filter(({ code, stdout }, i) => code !== 0 || stdout !== `${i}\n`)).toEqual([])
    stop.abort(new Error('enough'))
    const ended = await Promise.allSettled(logs.map(({ done }) => done))
    expect(ended.map((each) => (each as PromiseRejectedResult).reason.message)).toEqual(
      Array(6).fill('enough'),
    )
  })

  it('a relay that freezes is noticed by the keepalive', async () => {
    const relay = await startRelay(sshd.port)
    ends.push(relay.close)
    const connection = connect(relay.port, { timing: { keepaliveMs: 50, keepaliveCount: 3 } })
    const { done } = await startLong(connection, sh`echo $$; sleep 1000`)
    relay.freeze()
    await expect(done).rejects.toMatchObject({ code: 'HOST_LOST' })
  })

  it('a host is trusted by hand, polled in one round trip, and refused with another key', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'hosts-real-'))
    ends.push(() => rmSync(dataDir, { recursive: true }))
    const authorizedKey = keepKeyPair(dataDir).publicKey
    const first = await startSshd({ authorizedKey })
    const hosts = pollOne(dataDir, first)
    expect((await hosts.pollNow('spark-1')).state).toBe('key_unknown')
    expect(await hosts.trust('spark-1', fingerprint(first.hostKey))).toMatchObject({
      state: 'ok',
      figures: { memory: { total_bytes: expect.any(Number) } },
    })
    await first.close()
    const second = await startSshd({ authorizedKey, port: first.port })
    ends.push(second.close)
    await soon(async () =>
      expect(await hosts.pollNow('spark-1')).toMatchObject({
        state: 'key_changed',
        host_key: { offered: fingerprint(second.hostKey), known: fingerprint(first.hostKey) },
      }),
    )
    await expect(hosts.get('spark-1').exec(sh`true`)).rejects.toMatchObject({
      code: 'HOST_KEY_CHANGED',
    })
  })

  it('a controller whose key is not on the host is told the line to add', async () => {
    const other = await startSshd({ authorizedKey: 'ssh-ed25519 AAAA nobody' })
    ends.push(other.close)
    await expect(connect(other.port).exec(sh`true`)).rejects.toMatchObject({
      code: 'HOST_AUTH_FAILED',
      hint: expect.stringContaining(TEST_KEY.publicKey),
    })
  })

  it('the line to paste lets it in, and a host that refused turns well by itself', async () => {
    const home = mkdtempSync(join(tmpdir(), 'hosts-home-'))
    const folder = join(home, '.ssh')
    mkdirSync(folder)
    ends.push(() => rmSync(home, { recursive: true, force: true }))
    const server = await startSshd({ authorizedKey: '', folder })
    ends.push(server.close)
    const theirs = 'ssh-ed25519 AAAA a key whose line does not end'
    writeFileSync(join(folder, 'authorized_keys'), theirs)
    const { publicKey } = keepKeyPair(home)
    const hosts = pollOne(home, server)
    await hosts.pollNow('spark-1')
    expect(await hosts.trust('spark-1', fingerprint(server.hostKey))).toMatchObject({
      state: 'denied',
    })
    execFileSync('sh', ['-c', authorizeLine(publicKey)], { env: { ...process.env, HOME: home } })
    await soon(async () => expect(hosts.views()[0]?.state).toBe('ok'))
    expect(readFileSync(join(folder, 'authorized_keys'), 'utf8').split('\n')).toContain(theirs)
  })
})
