import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createShellHost } from '../../../core/hosts/testing/shell-host.ts'
import { soon } from '../../../core/hosts/testing/soon.ts'
import { uproot } from '../testing/plant.ts'
import { lookAtWork, startWork, stopWork, type Work } from './detached.ts'

const { signal } = new AbortController()
const TOKEN = 'hf_AliceSecret'
let home: string
let host: ReturnType<typeof createShellHost>
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'vllm-detached-'))
  mkdirSync(join(home, 'bin'))
  host = createShellHost('spark-1', { home, bin: [join(home, 'bin')] })
})
afterEach(async () => {
  await stopWork(host, work('true'))
  uproot(home)
})

const work = (...words: string[]): Work => ({
  name: 'models--Org--New',
  words,
  env: ['HF_HUB_CACHE=/nowhere'],
  container: null,
})
const folder = () => join(home, '.cache/spark-control/models--Org--New')
const run = (text: string) => work('sh', '-c', text)
const ended = () =>
  soon(async () => {
    const look = await lookAtWork(host, work(), 1, signal)
    expect(look.state).toBe('ended')
    return look
  })

/** Not every pid 1 clears the dead away. */
function isRunning(pid: string): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

it('work goes on without its connection and keeps its output and exit status', async () => {
  expect(await startWork(host, run('echo "to $HF_HUB_CACHE"; exit 3'), undefined, signal)).toBe(
    'started',
  )
  expect(await ended()).toEqual({
    state: 'ended',
    exitCode: 3,
    lines: ['to /nowhere'],
    nextLine: 3,
  })
})

it('the same work is not started twice, and another one of its name takes its place', async () => {
  const long = run('sleep 60')
  await startWork(host, long, undefined, signal)
  expect(await startWork(host, long, undefined, signal)).toBe('running')
  expect(await startWork(host, run('echo other'), undefined, signal)).toBe('started')
  expect((await ended()).lines).toEqual(['other'])
})

it('a token lies in a file of its owner only, in no command line, and is gone afterwards', async () => {
  await startWork(
    host,
    run('cat "$HF_TOKEN_PATH"; while [ ! -e "$HOME/go" ]; do sleep 0.05; done'),
    TOKEN,
    signal,
  )
  expect(statSync(join(folder(), 'token')).mode & 0o777).toBe(0o600)
  expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(TOKEN)
  writeFileSync(join(home, 'go'), '')
  expect((await ended()).lines).toEqual([TOKEN])
  expect(existsSync(join(folder(), 'token'))).toBe(false)
})

it('stopping ends what its processes started too, though it ignores the polite way', async () => {
  await startWork(
    host,
    run("trap '' TERM; setsid sh -c 'echo $$ > child; sleep 61' & sleep 62"),
    undefined,
    signal,
  )
  const child = await soon(() => {
    const pid = readFileSync(join(home, 'child'), 'utf8').trim()
    expect(pid).not.toBe('')
    return pid
  })
  await stopWork(host, work())
  expect(isRunning(child)).toBe(false)
  expect(existsSync(folder())).toBe(false)
  expect((await lookAtWork(host, work(), 1, signal)).state).toBe('none')
})

it('work killed on the host is told from work that ended', async () => {
  await startWork(host, run('echo here; sleep 63'), undefined, signal)
  await soon(async () =>
    expect((await lookAtWork(host, work(), 1, signal)).lines).toEqual(['here']),
  )
  process.kill(Number(readFileSync(join(folder(), 'pid'), 'utf8')), 'SIGKILL')
  // its child lives on, and counts
  expect((await lookAtWork(host, work(), 1, signal)).state).toBe('running')
  await stopWork(host, work())
  expect(await lookAtWork(host, work(), 1, signal)).toEqual({
    state: 'none',
    exitCode: null,
    lines: [],
    nextLine: 1,
  })
})

it('is looked at line by line: none twice, none missed, and none before it is whole', async () => {
  const wait = 'while [ ! -e "$HOME/go" ]; do sleep 0.05; done'
  await startWork(
    host,
    run(`printf '1%%\\r2%%\\r3%%\\nhalf '; ${wait}; echo whole; echo last`),
    undefined,
    signal,
  )
  const first = await soon(async () => {
    const look = await lookAtWork(host, work(), 1, signal)
    expect(look.lines).toEqual(['1%', '2%', '3%'])
    return look
  })
  writeFileSync(join(home, 'go'), '')
  await ended()
  const second = await lookAtWork(host, work(), first.nextLine, signal)
  expect(second.lines).toEqual(['half whole', 'last'])
})

it('that ends with much to say is heard to its end, where the cause stands', async () => {
  await startWork(host, run('seq 2000; echo the cause'), undefined, signal)
  expect((await ended()).lines.slice(-2)).toEqual(['2000', 'the cause'])
})

it('a program that is killed alone was killed, too, whatever its shell lives to write', async () => {
  await startWork(host, run("sh -c 'kill -9 $$'"), undefined, signal)
  expect(await ended()).toMatchObject({ state: 'ended', exitCode: null })
  await startWork(host, run('exit 255'), undefined, signal)
  expect(await ended()).toMatchObject({ exitCode: 255 })
})

it('a network that fails is tried again, anything else is not', async () => {
  writeFileSync(join(home, 'bin/sleep'), '#!/bin/sh\nexit 0\n')
  chmodSync(join(home, 'bin/sleep'), 0o755)
  const failing = 'echo x >> tries; echo "httpx.ReadTimeout: timed out"; [ $(wc -l < tries) -ge 3 ]'
  await startWork(host, run(failing), undefined, signal)
  const { exitCode, lines } = await ended()
  expect(exitCode).toBe(0)
  expect(lines).toContain('try 1 ended with 1 because of the network; once more in 20 seconds')
  await startWork(host, run('echo "No space left on device"; exit 1'), undefined, signal)
  expect(await ended()).toMatchObject({ exitCode: 1, lines: ['No space left on device'] })
})
