import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.ts'
import { isPresent } from '../testing/real/is-present.ts'
import type { Connection } from './connection.ts'
import { script, sh } from './sh.ts'
import { connectTo, TEST_KEY } from './testing/connect.ts'
import { listenOnLoopback } from './testing/listen.ts'
import { startRelay } from './testing/relay.ts'
import { soon, takeTime } from './testing/soon.ts'
import { startTestServer, type TestServerOptions } from './testing/ssh-server.ts'

takeTime()

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function setUp(
  options: TestServerOptions = {},
  connectOptions: Parameters<typeof connectTo>[1] = {},
) {
  const server = await startTestServer(options)
  ends.push(server.close)
  const { connection, close } = connectTo(server.port, connectOptions)
  ends.push(close)
  return { server, connection, close }
}

/** Starts a command that prints `ready` when it runs, and waits for that. */
async function startLong(
  connection: Connection,
  command: Parameters<Connection['exec']>[0],
  options: Parameters<Connection['exec']>[1] = {},
) {
  const ready = Promise.withResolvers<string>()
  const done = connection.exec(command, {
    timeoutMs: null,
    ...options,
    onLine: (line) => ready.resolve(line),
  })
  done.catch(ready.reject)
  return { line: await ready.promise, done }
}

/** Not gone, and not merely waiting for a pid 1 that does not reap. */
const isRunning = (pid: string) => {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

describe('a command', () => {
  it('gives exit status, stdout and stderr apart, and takes input', async () => {
    const { connection } = await setUp()
    const result = await connection.exec(sh`cat; echo oops >&2; exit 3`, { input: 'hällo\n' })
    expect(result).toMatchObject({
      code: 3,
      stdout: 'hällo\n',
      stderr: 'oops\n',
      isTruncated: false,
    })
  })

  it('has an empty stdin unless it is given one, and a script brings its own', async () => {
    const { connection } = await setUp()
    expect((await connection.exec(sh`cat`)).stdout).toBe('')
    const command = script('cat; printf "%s" "$2"', 'a', "it's")
    expect((await connection.exec(command)).stdout).toBe("it's")
    await expect(connection.exec(command, { input: 'x' })).rejects.toThrow(TypeError)
  })

  it('ended by a signal counts as a shell counts it', async () => {
    const { connection } = await setUp()
    expect((await connection.exec(sh`kill -KILL $$`)).code).toBe(137)
  })

  it('hands on lines as they come and keeps the last bytes only', async () => {
    const { connection } = await setUp()
    const lines: string[] = []
    const result = await connection.exec(sh`printf 'a\r50%%\rb\n'; seq 1 20000; echo x >&2`, {
      onLine: (line, stream) => lines.push(`${stream} ${line}`),
      maxOutputBytes: 1_000,
    })
    expect(lines.slice(0, 3)).toEqual(['stdout a', 'stdout 50%', 'stdout b'])
    expect(lines).toHaveLength(3 + 20_000 + 1)
    expect(result.stdout).toHaveLength(1_000)
    expect(result.stdout.endsWith('19999\n20000\n')).toBe(true)
    expect(result.isTruncated).toBe(true)
  })

  it('of several megabytes comes whole', async () => {
    const { connection } = await setUp()
    const input = Buffer.alloc(3_000_000, 'spark ')
    const { stdout } = await connection.exec(sh`cat`, { input })
    expect(stdout === input.toString()).toBe(true)
  })

  it('too long for a command line is refused', async () => {
    const { connection, server } = await setUp()
    await expect(connection.exec(sh`echo ${'x'.repeat(140_000)}`)).rejects.toMatchObject({
      code: 'COMMAND_REFUSED',
    })
    expect(server.commands).toBe(0)
  })

  it('does not see what a login shell prints before it', async () => {
    const { connection } = await setUp({
      shell: ['/bin/sh', '-c', 'echo "Welcome to DGX OS"; eval "$1"', 'sh'],
    })
    expect((await connection.exec(sh`echo mine`)).stdout).toBe('mine\n')
  })

  it('that a login shell refuses to run says so', async () => {
    const { connection } = await setUp({
      shell: ['/bin/sh', '-c', 'echo This account is currently not available.; exit 1'],
    })
    await expect(connection.exec(sh`id`)).rejects.toMatchObject({
      code: 'HOST_AUTH_FAILED',
      message: expect.stringContaining('This account is currently not available.'),
    })
  })

  const shells: [string, string[]][] = [
    ['dash', ['dash', '-c']],
    ['bash', ['bash', '-c']],
    ['busybox', ['busybox', 'sh', '-c']],
  ]
  const present = shells.filter(([name]) => isPresent(name))
  it.each(present)(
    'runs and is killed with its group under the login shell %s',
    async (_, shell) => {
      const { connection } = await setUp({ shell })
      const stop = new AbortController()
      const command = sh`sleep 1000 & echo $!; wait`
      const { line, done } = await startLong(connection, command, { signal: stop.signal })
      expect(isRunning(line)).toBe(true)
      stop.abort(new Error('the owner cancelled'))
      await expect(done).rejects.toThrow('the owner cancelled')
      await soon(() => expect(isRunning(line)).toBe(false))
    },
  )

  it('gets a process group of its own where the server makes none', async () => {
    const { connection } = await setUp({ makesGroups: false })
    const stop = new AbortController()
    const { line, done } = await startLong(connection, sh`sleep 1000 & echo $!; wait`, {
      signal: stop.signal,
    })
    stop.abort(new Error('cancelled'))
    await expect(done).rejects.toThrow('cancelled')
    await soon(() => expect(isRunning(line)).toBe(false))
  })

  it('whose onLine throws is stopped and rejects with that error', async () => {
    const { connection } = await setUp()
    const onLine = () => {
      throw new Error('cannot parse')
    }
    await expect(connection.exec(sh`echo a; sleep 1000`, { onLine })).rejects.toThrow(
      'cannot parse',
    )
  })
})

describe('a deadline', () => {
  it('stops the command and says so', async () => {
    const clock = createFakeClock()
    const { connection } = await setUp({}, { clock })
    const { line, done } = await startLong(connection, sh`echo $$; sleep 1000`, {
      timeoutMs: 5_000,
    })
    await clock.advance(5_000)
    await expect(done).rejects.toMatchObject({
      code: 'HOST_TIMEOUT',
      message: '"echo $$; sleep 1000" did not end on spark-1 in 5 s and was stopped',
    })
    expect(isRunning(line)).toBe(false)
  })

  it('kills what does not listen to TERM', async () => {
    const clock = createFakeClock()
    const { connection, server } = await setUp({}, { clock, timing: { killGraceMs: 3_000 } })
    const { line, done } = await startLong(
      connection,
      sh`trap '' TERM; echo $$; while :; do sleep 0.01; done`,
      { timeoutMs: 5_000 },
    )
    await clock.advance(5_000)
    await soon(() => expect(server.commands).toBe(2))
    expect(isRunning(line)).toBe(true)
    await clock.advance(3_000)
    await expect(done).rejects.toMatchObject({ code: 'HOST_TIMEOUT' })
    expect(isRunning(line)).toBe(false)
  })

  it('does not run while the command waits for its turn', async () => {
    const clock = createFakeClock()
    const { connection, server } = await setUp({}, { clock })
    const stop = new AbortController()
    const first = Array.from({ length: 4 }, () =>
      startLong(connection, sh`echo ready; sleep 1000`, {
        timeoutMs: 60_000,
        signal: stop.signal,
      }).then(({ done }) => done.catch((error: Error) => error.message)),
    )
    await soon(() => expect(server.commands).toBe(4))
    const waiting = connection.exec(sh`echo mine`, { timeoutMs: 1_000 })
    await clock.advance(30_000)
    stop.abort(new Error('enough'))
    expect(await Promise.all(first)).toEqual(Array(4).fill('enough'))
    expect((await waiting).stdout).toBe('mine\n')
  })

  it('on a frozen connection says that nobody knows', async () => {
    const { server } = await setUp()
    const relay = await startRelay(server.port)
    ends.push(relay.close)
    const clock = createFakeClock()
    const { connection, close } = connectTo(relay.port, { clock, timing: { keepaliveMs: 0 } })
    ends.push(close)
    const { done } = await startLong(connection, sh`echo ready; sleep 1000`, { timeoutMs: 5_000 })
    relay.freeze()
    const late = connection.exec(sh`echo never seen`, { timeoutMs: 5_000 })
    const settled = Promise.allSettled([done, late])
    await clock.advance(5_000)
    await clock.advance(3_000)
    await clock.advance(3_000)
    const both = await settled
    expect(both.map((each) => (each as PromiseRejectedResult).reason.message)).toEqual([
      '"echo ready; sleep 1000" did not end on spark-1 in 5 s; whether it still runs is unknown',
      '"echo never seen" did not end on spark-1 in 5 s; whether it still runs is unknown',
    ])
  })
})

describe('one connection', () => {
  it('serves 80 callers at once, 4 at a time, and none fails', async () => {
    const { connection, server } = await setUp()
    const results = await Promise.all(
      Array.from({ length: 80 }, (_, i) => connection.exec(sh`echo ${i}`)),
    )
    expect(results.every(({ code, stdout }, i) => code === 0 && stdout === `${i}\n`)).toBe(true)
    expect(server.connections).toBe(1)
    expect(server.mostSessions).toBeLessThanOrEqual(4)
  })

  it('asks once more for a channel that was refused', async () => {
    const { connection, server } = await setUp()
    server.refuseChannels(1)
    expect((await connection.exec(sh`echo a`)).stdout).toBe('a\n')
    server.refuseChannels(2)
    await expect(connection.exec(sh`echo a`)).rejects.toMatchObject({ code: 'OVERLOADED' })
  })

  it('settles every command when it breaks, and is made anew for the next', async () => {
    const { connection, server } = await setUp()
    await connection.exec(sh`true`)
    const running = await Promise.all(
      Array.from({ length: 4 }, () => startLong(connection, sh`echo ready; sleep 1000`)),
    )
    server.drop()
    const settled = await Promise.allSettled(running.map(({ done }) => done))
    for (const each of settled)
      expect((each as PromiseRejectedResult).reason).toMatchObject({
        code: 'HOST_LOST',
        message: expect.stringContaining('its outcome is unknown'),
      })
    expect((await connection.exec(sh`echo again`)).stdout).toBe('again\n')
    expect(server.connections).toBe(2)
  })

  it('is noticed to be frozen by its keepalive', async () => {
    const { server } = await setUp()
    const relay = await startRelay(server.port)
    ends.push(relay.close)
    const { connection, close } = connectTo(relay.port, {
      timing: { keepaliveMs: 20, keepaliveCount: 3 },
    })
    ends.push(close)
    const { done } = await startLong(connection, sh`echo ready; sleep 1000`)
    relay.freeze()
    await expect(done).rejects.toMatchObject({ code: 'HOST_LOST' })
  })

  it('lets commands end when it is retired, then closes', async () => {
    const { connection, server } = await setUp()
    const { done } = await startLong(connection, sh`echo ready; head -c 1 >/dev/null`, {
      input: 'x',
    })
    connection.retire()
    expect((await done).code).toBe(0)
    await expect(connection.exec(sh`true`)).rejects.toMatchObject({ code: 'HOST_LOST' })
    expect(server.connections).toBe(1)
  })

  it('settles what runs when the controller ends', async () => {
    const { connection, close } = await setUp()
    const { done } = await startLong(connection, sh`echo ready; sleep 1000`)
    close()
    await expect(done).rejects.toMatchObject({ code: 'HOST_LOST' })
  })

  it('is not kept when it is closed in the very moment it stands', async () => {
    // the deadline of the login is the first wait that is over
    const sleep = (_ms: number, signal?: AbortSignal) =>
      new Promise<void>((_, reject) => {
        const over = () => {
          connection.close()
          reject(signal?.reason)
        }
        signal?.addEventListener('abort', over, { once: true })
      })
    const { server, connection } = await setUp({}, { clock: { now: Date.now, sleep } })
    await expect(connection.exec(sh`true`)).rejects.toMatchObject({ code: 'HOST_LOST' })
    await soon(() => expect(server.openConnections).toBe(0))
  })
})

describe('a host that cannot be reached', () => {
  it('refusing connections is told from one that does not answer', async () => {
    const { port, close } = await listenOnLoopback(createServer())
    await close()
    const refused = connectTo(port)
    ends.push(refused.close)
    await expect(refused.connection.exec(sh`true`)).rejects.toMatchObject({
      code: 'HOST_REFUSED_CONNECTION',
      message: `spark-1 is there, but nothing listens on 127.0.0.1:${port}`,
    })
  })

  it('silent after the TCP connection is given up after the connect deadline', async () => {
    const clock = createFakeClock()
    const dials = Promise.withResolvers<void>()
    const silent = createServer((socket) => {
      socket.on('error', () => {}) // the client gives up
      ends.push(() => socket.destroy())
      dials.resolve()
    })
    const { port, close } = await listenOnLoopback(silent)
    ends.push(close)
    const { connection, close: closeIt } = connectTo(port, { clock })
    ends.push(closeIt)
    const failed = connection.exec(sh`true`).catch((error: unknown) => error)
    await dials.promise
    await soon(async () => {
      await clock.advance(10_000)
      expect(await Promise.race([failed, Promise.resolve('waits')])).toMatchObject({
        code: 'HOST_UNREACHABLE',
      })
    })
  })

  it('answers at once with the last error while it is left alone, longer each time', async () => {
    const clock = createFakeClock()
    let dials = 0
    const rude = createServer((socket) => {
      dials += 1
      socket.destroy()
    })
    const { port, close } = await listenOnLoopback(rude)
    ends.push(close)
    const { connection, close: closeIt } = connectTo(port, { clock })
    ends.push(closeIt)
    const ask = () => connection.exec(sh`true`).catch((error: { code: string }) => error.code)
    const pauses = []
    for (let round = 0; round < 8; round++) {
      expect(await ask()).toBe('HOST_UNREACHABLE')
      const before = dials
      let pauseMs = 0
      for (; dials === before; pauseMs += 500) {
        await clock.advance(500)
        expect(await ask()).toBe('HOST_UNREACHABLE')
      }
      pauses.push(pauseMs)
    }
    // jitter is 0 here: half of 1 s doubled each time up to 30 s
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000])
    connection.retry()
    const before = dials
    await ask()
    expect(dials).toBe(before + 1)
  })

  it('lets nobody in: the hint is the line for authorized_keys', async () => {
    const { connection } = await setUp({ letsIn: false })
    await expect(connection.exec(sh`true`)).rejects.toMatchObject({
      code: 'HOST_AUTH_FAILED',
      message: "spark-1 does not let alice in with the controller's key",
      hint: `is alice a login name there? then add this line to ~alice/.ssh/authorized_keys: ${TEST_KEY.publicKey}`,
    })
  })

  it.each([
    ['unknown', 'HOST_KEY_UNKNOWN', /shows the key SHA256:\S{43}$/],
    ['changed', 'HOST_KEY_CHANGED', /SHA256:\S{43}, but the trusted one is SHA256:old/],
  ] as const)(
    'shows a key that is %s: nothing is sent, not even the login',
    async (is, code, message) => {
      const { connection, server } = await setUp(
        {},
        { verdict: (offered) => ({ is, offered, known: 'SHA256:old' }) },
      )
      await expect(connection.exec(sh`true`)).rejects.toMatchObject({
        code,
        message: expect.stringMatching(message),
      })
      expect(server.commands).toBe(0)
    },
  )
})
