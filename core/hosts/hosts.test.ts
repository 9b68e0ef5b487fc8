import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import type { NoticeView } from '../events/event-view.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import type { HostView } from '../views.ts'
import type { HostSpec } from './host.ts'
import { createHosts, type Hosts } from './hosts.ts'
import { makeKeyPair } from './key-pair.ts'
import { fingerprint } from './known-hosts.ts'
import { sh } from './sh.ts'
import { listenOnLoopback } from './testing/listen.ts'
import { soon, takeTime } from './testing/soon.ts'
import { startTestServer } from './testing/ssh-server.ts'

takeTime()

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const spec = (port: number, more: Partial<HostSpec> = {}): HostSpec => ({
  address: '127.0.0.1',
  user: 'alice',
  ssh: { port },
  model_dirs: [],
  container_runtime: 'docker',
  memory: 'auto',
  local: false,
  ...more,
})

function startHosts(hosts: Record<string, HostSpec>, dataDir = makeFolder()) {
  const clock = createFakeClock()
  const logged: string[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => logged.push(line) })
  const notices: string[] = []
  const notify = ({ code, subject, message }: Omit<NoticeView, 'at'>) =>
    void notices.push(`${subject} ${code}: ${message}`)
  const all = createHosts({ hosts, dataDir, clock, log, notify, random: () => 0 })
  ends.push(() => all.close())
  return { hosts: all, clock, logged, notices, dataDir }
}

function makeFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'hosts-all-'))
  ends.unshift(() => rmSync(folder, { recursive: true })) // when all else has ended
  return folder
}

async function startServer(options: Parameters<typeof startTestServer>[0] = {}) {
  const server = await startTestServer(options)
  ends.push(server.close)
  return server
}

const viewOf = (hosts: Hosts, id: string): HostView => {
  const view = hosts.views().find((each) => each.id === id)
  if (!view) throw new Error(`no view of ${id}`)
  return view
}

/** A host whose key is trusted and whose figures are there. */
async function startTrusted(more: Partial<HostSpec> = {}) {
  const server = await startServer()
  const started = startHosts({ 'spark-1': spec(server.port, more) })
  await started.hosts.trust('spark-1', fingerprint(server.hostKey))
  // The first look is followed by a weighing of the disks, the next one comes in ten minutes.
  await soon(() => expect(viewOf(started.hosts, 'spark-1').disk_use).toBeDefined())
  return { server, ...started }
}

describe('trust', () => {
  it('is never given by itself: the key is shown, nothing runs', async () => {
    const server = await startServer()
    const { hosts } = startHosts({ 'spark-1': spec(server.port) })
    expect(viewOf(hosts, 'spark-1')).toMatchObject({ state: 'connecting', checked_at: null })
    expect(await hosts.pollNow('spark-1')).toMatchObject({
      state: 'key_unknown',
      error: { code: 'HOST_KEY_UNKNOWN' },
      host_key: { offered: fingerprint(server.hostKey) },
      figures: null,
    })
    await expect(hosts.get('spark-1').exec(sh`true`)).rejects.toMatchObject({
      code: 'HOST_KEY_UNKNOWN',
    })
    expect(server.commands).toBe(0)
  })

  it('given by fingerprint works at once, during the back-off, and for the next start', async () => {
    const server = await startServer()
    const { hosts, dataDir } = startHosts({ 'spark-1': spec(server.port) })
    await hosts.pollNow('spark-1')
    const view = await hosts.trust('spark-1', fingerprint(server.hostKey))
    expect(view).toMatchObject({ state: 'ok', figures: { hostname: expect.any(String) } })
    expect(view.host_key).toBeUndefined()
    expect((await hosts.get('spark-1').exec(sh`echo hi`)).stdout).toBe('hi\n')
    const again = startHosts({ 'spark-1': spec(server.port) }, dataDir)
    expect((await again.hosts.pollNow('spark-1')).state).toBe('ok')
    expect(again.hosts.publicKey()).toBe(hosts.publicKey())
  })

  it('in another fingerprint than the one shown is refused', async () => {
    const server = await startServer()
    const { hosts } = startHosts({ 'spark-1': spec(server.port) })
    await expect(hosts.trust('spark-1', 'SHA256:other')).rejects.toMatchObject({
      code: 'HOST_KEY_CHANGED',
      message: `spark-1 does not show SHA256:other now, but ${fingerprint(server.hostKey)}`,
    })
    expect((await hosts.pollNow('spark-1')).state).toBe('key_unknown')
  })

  it('given twice is given once; for a host that is off it is refused with the reason', async () => {
    const { hosts, server } = await startTrusted()
    const offered = fingerprint(server.hostKey)
    expect((await hosts.trust('spark-1', offered)).state).toBe('ok')
    const off = startHosts({ off: spec(1) })
    await expect(off.hosts.trust('off', offered)).rejects.toMatchObject({
      code: 'HOST_REFUSED_CONNECTION',
    })
  })

  it('is not given where the file of known hosts cannot be read', async () => {
    const { hosts, server, dataDir } = await startTrusted()
    rmSync(join(dataDir, 'ssh', 'known_hosts'))
    mkdirSync(join(dataDir, 'ssh', 'known_hosts'))
    server.drop()
    await expect(hosts.get('spark-1', 'bob').exec(sh`true`)).rejects.toThrow(/EISDIR/)
  })

  it('ends when the key changes: both fingerprints are shown, until the new one is trusted', async () => {
    const { hosts, server, clock } = await startTrusted()
    const port = server.port
    await server.close()
    const hostKey = makeKeyPair('test').private
    const other = await startServer({ hostKey, port })
    await soon(async () => {
      await clock.advance(5_000)
      expect(await hosts.pollNow('spark-1')).toMatchObject({
        state: 'key_changed',
        error: { code: 'HOST_KEY_CHANGED' },
        host_key: { offered: fingerprint(other.hostKey), known: fingerprint(server.hostKey) },
        figures: { hostname: expect.any(String) },
      })
    })
    await expect(hosts.get('spark-1').exec(sh`true`)).rejects.toMatchObject({
      code: 'HOST_KEY_CHANGED',
    })
    expect(other.commands).toBe(0)
    expect((await hosts.trust('spark-1', fingerprint(other.hostKey))).state).toBe('ok')
  })
})

describe('the loop of polls', () => {
  it('looks every 5 s, in one round trip, and never twice at a time', async () => {
    const { server, hosts, clock } = await startTrusted()
    const before = server.commands
    const views: HostView[] = []
    hosts.onChange((view) => views.push(view))
    for (let round = 1; round <= 3; round++) {
      await clock.advance(5_000)
      const [one, two] = await Promise.all([hosts.pollNow('spark-1'), hosts.pollNow('spark-1')])
      expect(one).toBe(two)
      expect(server.commands - before).toBe(round)
    }
    expect(views).toHaveLength(3)
    expect(views.at(-1)?.checked_at).toBe(new Date(clock.now()).toISOString())
  })

  it('is held up by no host that is off: the others are looked at as ever', async () => {
    const server = await startServer()
    const silent = createServer((socket) => {
      socket.on('error', () => {}) // the controller gives up
      ends.push(() => socket.destroy())
    })
    const { port, close } = await listenOnLoopback(silent)
    ends.push(close)
    const { hosts, clock } = startHosts({ off: spec(port), 'spark-1': spec(server.port) })
    await hosts.trust('spark-1', fingerprint(server.hostKey))
    const checkedAt = viewOf(hosts, 'spark-1').checked_at
    await clock.advance(5_000)
    expect((await hosts.pollNow('spark-1')).checked_at).not.toBe(checkedAt)
    expect(viewOf(hosts, 'off').state).toBe('connecting')
    await clock.advance(10_000)
    await soon(() => expect(viewOf(hosts, 'off').state).toBe('unreachable'))
  })

  it('keeps the last figures with their age when the host goes away, and logs it once', async () => {
    const { server, hosts, clock, logged } = await startTrusted()
    const { figures, checked_at } = viewOf(hosts, 'spark-1')
    await server.close()
    for (let round = 0; round < 5; round++) {
      await clock.advance(5_000)
      await hosts.pollNow('spark-1')
    }
    expect(viewOf(hosts, 'spark-1')).toMatchObject({
      state: 'unreachable',
      error: { code: 'HOST_REFUSED_CONNECTION', hint: expect.any(String) },
      figures,
      checked_at,
    })
    const changes = logged.filter((line) => line.includes('host state changed'))
    expect(changes.at(-1)).toContain('"unreachable"')
    expect(changes.filter((line) => line.includes('"state":"unreachable"'))).toHaveLength(1)
  })

  it('ends with the hosts', async () => {
    const { server, hosts, clock } = await startTrusted()
    const before = server.commands
    await hosts.close()
    expect(clock.sleepers).toBe(0)
    await clock.advance(60_000)
    expect(server.commands).toBe(before)
  })
})

describe('a host', () => {
  it('without a user is reached by HTTP only', async () => {
    const { user: _, ...bare } = spec(22)
    const { hosts } = startHosts({ appliance: bare })
    expect(hosts.get('appliance').address).toBe('127.0.0.1')
    await expect(hosts.get('appliance').exec(sh`true`)).rejects.toMatchObject({
      code: 'HOST_NO_SSH',
      message: expect.stringContaining('appliance has no user'),
    })
    await expect(hosts.get('appliance', '').exec(sh`true`)).rejects.toMatchObject({
      code: 'HOST_NO_SSH',
    })
    expect(await hosts.pollNow('appliance')).toMatchObject({ state: 'none', figures: null })
  })

  it('that is the controller itself needs no SSH, no user and no key', async () => {
    const { user: _, ...bare } = spec(1, { local: true })
    const { hosts } = startHosts({ here: bare })
    expect(await hosts.pollNow('here')).toMatchObject({ state: 'ok', figures: { gpus: [] } })
    expect((await hosts.get('here').exec(sh`echo 2`)).stdout).toBe('2\n')
  })

  it('throws COMMAND_FAILED from run, with the last lines of stderr', async () => {
    const { hosts } = await startTrusted()
    const failed = hosts.get('spark-1').run(sh`echo one >&2; echo 'no such container' >&2; exit 7`)
    await expect(failed).rejects.toMatchObject({
      code: 'COMMAND_FAILED',
      message: expect.stringMatching(/ended with 7 on spark-1: no such container$/),
      logTail: ['one', 'no such container'],
    })
  })

  it('has one connection a user, and one trusted key for all of them', async () => {
    const { hosts, server } = await startTrusted()
    const [alice, bob] = [hosts.get('spark-1'), hosts.get('spark-1', 'bob')]
    await Promise.all([alice, alice, bob, bob].map((host) => host.run(sh`true`)))
    expect(server.connections).toBe(2 + 1) // one more that was refused before the key was trusted
  })

  it('nobody knows is refused by name, with those there are', () => {
    const { hosts } = startHosts({})
    expect(() => hosts.get('sparc-1')).toThrow(
      expect.objectContaining({ code: 'HOST_UNKNOWN', hint: 'hosts: has none' }),
    )
  })
})

describe('a new topology', () => {
  it('leaves hosts that did not change connected, with their figures', async () => {
    const { hosts, server } = await startTrusted()
    const host = hosts.get('spark-1')
    const { connections } = server
    const view = viewOf(hosts, 'spark-1')
    hosts.update({ 'spark-1': spec(server.port, { hf_home: '/srv/hf' }), new: spec(1) })
    expect(hosts.ids()).toEqual(['spark-1', 'new'])
    expect(viewOf(hosts, 'spark-1')).toBe(view)
    expect(host.spec.hf_home).toBe('/srv/hf')
    await host.run(sh`true`)
    expect(server.connections).toBe(connections)
  })

  it('connects anew where the way to a host changed, and lets what runs there end', async () => {
    const { hosts, server } = await startTrusted()
    const other = await startServer()
    const host = hosts.get('spark-1')
    const ready = Promise.withResolvers<void>()
    const running = host.exec(sh`echo ready; head -c 1 >/dev/null; echo done`, {
      input: 'x',
      onLine: () => ready.resolve(),
    })
    await ready.promise
    hosts.update({ 'spark-1': spec(other.port) })
    expect(viewOf(hosts, 'spark-1')).toMatchObject({ state: 'connecting', figures: null })
    expect((await running).stdout).toBe('ready\ndone\n')
    await hosts.trust('spark-1', fingerprint(other.hostKey))
    await host.run(sh`true`)
    expect(other.commands).toBeGreaterThan(0)
    expect(server.connections).toBe(2)
  })

  it('without a host ends its polls; a job that still runs there can go on', async () => {
    const { hosts, server, clock } = await startTrusted()
    const host = hosts.get('spark-1')
    const views: HostView[] = []
    hosts.onChange((view) => views.push(view))
    hosts.update({})
    expect(hosts.views()).toEqual([])
    expect(() => hosts.get('spark-1')).toThrow(/no host "spark-1"/)
    const { commands } = server
    await clock.advance(30_000)
    expect(server.commands).toBe(commands)
    expect((await host.run(sh`echo on`)).stdout).toBe('on\n')
    expect(views).toEqual([])
  })
})

it('never writes a secret, a key or a command into the log', async () => {
  const { hosts, logged } = await startTrusted()
  await hosts.get('spark-1').exec(sh`echo hunter2; exit 1`)
  const text = logged.join('')
  expect(text).toContain('host key trusted')
  for (const secret of ['hunter2', 'PRIVATE KEY', 'nvidia-smi']) expect(text).not.toContain(secret)
})

describe('a disk that is nearly full', () => {
  it('is told once, and again only after it had room', async () => {
    const bin = makeFolder()
    const { PATH } = process.env
    ends.push(() => Object.assign(process.env, { PATH }))
    process.env.PATH = `${bin}:${PATH}`
    const setFree = (gib: number) => {
      const kib = gib * 1024 ** 2
      const df = `#!/bin/sh\necho Filesystem\necho /dev/x 1073741824 0 ${kib} 50% /\n`
      writeFileSync(join(bin, 'df'), df)
      chmodSync(join(bin, 'df'), 0o755)
    }
    setFree(50)
    const local = { ...spec(22), local: true, hf_home: '/', disk_low: '20g' }
    const { hosts, notices } = startHosts({ desk: local })
    expect((await hosts.pollNow('desk')).low_disks).toBeUndefined()
    setFree(10)
    expect((await hosts.pollNow('desk')).low_disks).toEqual(['/'])
    await hosts.pollNow('desk')
    expect(notices).toEqual(['host:desk DISK_LOW: desk has 10.7 GB of room left at /'])
    setFree(50)
    expect((await hosts.pollNow('desk')).low_disks).toBeUndefined()
    setFree(10)
    await hosts.pollNow('desk')
    expect(notices.length).toBe(2)
  })
})
