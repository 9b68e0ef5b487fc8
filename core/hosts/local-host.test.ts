import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { afterEach, expect, it, vi } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.ts'
import type { ExecOptions } from './host.ts'
import { LocalShell } from './local-host.ts'
import { type Command, script, sh } from './sh.ts'
import { realClock } from './testing/real-clock.ts'
import { soon, takeTime } from './testing/soon.ts'

takeTime()

let closing = new AbortController()
afterEach(() => {
  closing.abort(new Error('the test is over'))
  closing = new AbortController()
})
const open = (clock = realClock) =>
  new LocalShell({ hostId: 'here', clock, killGraceMs: 3_000, closing: closing.signal })

const isRunning = (pid: string) => {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

async function startLong(shell: LocalShell, command: Command, options: ExecOptions) {
  const ready = Promise.withResolvers<string>()
  const done = shell.exec(command, { timeoutMs: null, ...options, onLine: ready.resolve })
  done.catch(ready.reject)
  return { line: await ready.promise, done }
}

it('gives exit status, stdout and stderr apart, and takes input', async () => {
  const result = await open().exec(sh`pwd; cat; echo oops >&2; exit 3`, { input: 'hällo\n' })
  expect(result).toMatchObject({ code: 3, stdout: `${homedir()}\nhällo\n`, stderr: 'oops\n' })
  expect((await open().exec(script('printf %s "$1"', "it's"))).stdout).toBe("it's")
})

it('counts a signal as a shell does', async () => {
  expect((await open().exec(sh`kill -KILL $$`)).code).toBe(137)
})

it('hands none of the controller’s secrets on', async () => {
  vi.stubEnv('HF_TOKEN', 'hf_secret')
  vi.stubEnv('HF_HOME', '/srv/hf')
  const { stdout } = await open().exec(sh`env`)
  vi.unstubAllEnvs()
  expect(stdout).not.toContain('hf_secret')
  expect(stdout).toContain('HF_HOME=/srv/hf')
})

it('kills the whole process group when it is cancelled', async () => {
  const stop = new AbortController()
  const command = sh`sleep 1000 & echo $!; wait`
  const { line, done } = await startLong(open(), command, { signal: stop.signal })
  expect(isRunning(line)).toBe(true)
  stop.abort(new Error('cancelled'))
  await expect(done).rejects.toThrow('cancelled')
  await soon(() => expect(isRunning(line)).toBe(false))
})

it('kills what does not listen to TERM after a grace, and says it was stopped', async () => {
  const clock = createFakeClock()
  const command = sh`trap '' TERM; echo $$; while :; do sleep 0.01; done`
  const { line, done } = await startLong(open(clock), command, { timeoutMs: 5_000 })
  done.catch(() => {})
  await clock.advance(5_000)
  expect(isRunning(line)).toBe(true)
  await clock.advance(3_000)
  await expect(done).rejects.toMatchObject({
    code: 'HOST_TIMEOUT',
    message: expect.stringMatching(/did not end on here in 5 s and was stopped$/),
  })
  expect(isRunning(line)).toBe(false)
})

it('stops what runs when the controller ends, and takes no more', async () => {
  const shell = open()
  const { line, done } = await startLong(shell, sh`echo $$; sleep 1000`, {})
  closing.abort(new Error('the controller is ending'))
  await expect(done).rejects.toThrow('the controller is ending')
  expect(isRunning(line)).toBe(false)
  await expect(shell.exec(sh`true`)).rejects.toThrow('the controller is ending')
})
