import { createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.ts'
import { sh } from './sh.ts'
import { TEST_KEY } from './testing/connect.ts'
import { listenOnLoopback } from './testing/listen.ts'
import { startRelay } from './testing/relay.ts'
import { soon, takeTime } from './testing/soon.ts'
import { startLong, withConnection, withServer } from './testing/with-server.ts'

takeTime()

describe('one connection', () => {
  it('serves 80 callers at once, 4 at a time, and none fails', async () => {
    const { connection, server } = await withServer()
    const results = await Promise.all(
      Array.from({ length: 80 }, (_, i) => connection.exec(sh`echo ${i}`)),
    )
    expect(results.every(({ code, stdout }, i) => code === 0 && stdout === `${i}\n`)).toBe(true)
    expect(server.connections).toBe(1)
    expect(server.mostSessions).toBeLessThanOrEqual(4)
  })

  it('asks once more for a channel that was refused', async () => {
    const { connection, server } = await withServer()
    server.refuseChannels(1)
    expect((await connection.exec(sh`echo a`)).stdout).toBe('a\n')
    server.refuseChannels(2)
    await expect(connection.exec(sh`echo a`)).rejects.toMatchObject({ code: 'OVERLOADED' })
  })

  it('settles every command when it breaks, and is made anew for the next', async () => {
    const { connection, server } = await withServer()
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
    const { server } = await withServer()
    const relay = await startRelay(server.port)
    onTestFinished(relay.close)
    const { connection } = withConnection(relay.port, {
      timing: { keepaliveMs: 20, keepaliveCount: 3 },
    })
    const { done } = await startLong(connection, sh`echo ready; sleep 1000`)
    relay.freeze()
    await expect(done).rejects.toMatchObject({ code: 'HOST_LOST' })
  })

  it('lets commands end when it is retired, then closes', async () => {
    const { connection, server } = await withServer()
    const { done } = await startLong(connection, sh`echo ready; head -c 1 >/dev/null`, {
      input: 'x',
    })
    connection.retire()
    expect((await done).code).toBe(0)
    await expect(connection.exec(sh`true`)).rejects.toMatchObject({ code: 'HOST_LOST' })
    expect(server.connections).toBe(1)
  })

  it('settles what runs when the controller ends', async () => {
    const { connection, close } = await withServer()
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
    const { server, connection } = await withServer({}, { clock: { now: Date.now, sleep } })
    await expect(connection.exec(sh`true`)).rejects.toMatchObject({ code: 'HOST_LOST' })
    await soon(() => expect(server.openConnections).toBe(0))
  })
})

describe('a host that cannot be reached', () => {
  it('refusing connections is told from one that does not answer', async () => {
    const { port, close } = await listenOnLoopback(createServer())
    await close()
    const refused = withConnection(port)
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
      onTestFinished(() => void socket.destroy())
      dials.resolve()
    })
    const { port, close } = await listenOnLoopback(silent)
    onTestFinished(close)
    const { connection } = withConnection(port, { clock })
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
    onTestFinished(close)
    const { connection } = withConnection(port, { clock })
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
    const { connection } = await withServer({ letsIn: false })
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
      const { connection, server } = await withServer(
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
