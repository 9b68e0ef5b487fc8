import { readFileSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.ts'
import { isPresent } from '../testing/real/is-present.ts'
import { script, sh } from './sh.ts'
import { startRelay } from './testing/relay.ts'
import { soon, takeTime } from './testing/soon.ts'
import { startLong, withConnection, withServer } from './testing/with-server.ts'

takeTime()

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
    const { connection } = await withServer()
    const result = await connection.exec(sh`cat; echo oops >&2; exit 3`, { input: 'hällo\n' })
    expect(result).toMatchObject({
      code: 3,
      stdout: 'hällo\n',
      stderr: 'oops\n',
      isTruncated: false,
    })
  })

  it('has an empty stdin unless it is given one, and a script brings its own', async () => {
    const { connection } = await withServer()
    expect((await connection.exec(sh`cat`)).stdout).toBe('')
    const command = script('cat; printf "%s" "$2"', 'a', "it's")
    expect((await connection.exec(command)).stdout).toBe("it's")
    await expect(connection.exec(command, { input: 'x' })).rejects.toThrow(TypeError)
  })

  it('ended by a signal counts as a shell counts it', async () => {
    const { connection } = await withServer()
    expect((await connection.exec(sh`kill -KILL $$`)).code).toBe(137)
  })

  it('hands on lines as they come and keeps the last bytes only', async () => {
    const { connection } = await withServer()
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
    const { connection } = await withServer()
    const input = Buffer.alloc(3_000_000, 'spark ')
    const { stdout } = await connection.exec(sh`cat`, { input })
    expect(stdout === input.toString()).toBe(true)
  })

  it('too long for a command line is refused', async () => {
    const { connection, server } = await withServer()
    await expect(connection.exec(sh`echo ${'x'.repeat(140_000)}`)).rejects.toMatchObject({
      code: 'COMMAND_REFUSED',
    })
    expect(server.commands).toBe(0)
  })

  it('does not see what a login shell prints before it', async () => {
    const { connection } = await withServer({
      shell: ['/bin/sh', '-c', 'echo "Welcome to DGX OS"; eval "$1"', 'sh'],
    })
    expect((await connection.exec(sh`echo mine`)).stdout).toBe('mine\n')
  })

  it('that a login shell refuses to run says so', async () => {
    const { connection } = await withServer({
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
      const { connection } = await withServer({ shell })
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
    const { connection } = await withServer({ makesGroups: false })
    const stop = new AbortController()
    const { line, done } = await startLong(connection, sh`sleep 1000 & echo $!; wait`, {
      signal: stop.signal,
    })
    stop.abort(new Error('cancelled'))
    await expect(done).rejects.toThrow('cancelled')
    await soon(() => expect(isRunning(line)).toBe(false))
  })

  it('whose onLine throws is stopped and rejects with that error', async () => {
    const { connection } = await withServer()
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
    const { connection } = await withServer({}, { clock })
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
    const { connection, server } = await withServer({}, { clock, timing: { killGraceMs: 3_000 } })
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
    const { connection, server } = await withServer({}, { clock })
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
    const { server } = await withServer()
    const relay = await startRelay(server.port)
    onTestFinished(relay.close)
    const clock = createFakeClock()
    const { connection } = withConnection(relay.port, { clock, timing: { keepaliveMs: 0 } })
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
