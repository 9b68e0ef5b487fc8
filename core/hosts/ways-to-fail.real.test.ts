import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ask } from '../testing/real/ask.ts'
import { describeWhere } from '../testing/real/describe-where.ts'
import { missingParts } from '../testing/real/missing-parts.ts'
import { type SpawnedController, spawnController } from '../testing/spawn-controller.ts'
import type { HostView } from '../views.ts'
import { keepKeyPair, makeKeyPair } from './key-pair.ts'
import { KnownHosts, knownHostsFile } from './known-hosts.ts'
import {
  type BadWay,
  closedPort,
  droppingPort,
  fullSshd,
  listener,
  sshdFor,
  webServer,
} from './testing/bad-ways.ts'
import { publicKeyOf } from './testing/ssh-server.ts'

const MAIN = new URL('../main.ts', import.meta.url).pathname
const OTHER_KEY = 'ssh-ed25519 AAAA nobody'
const run = promisify(execFile)

interface Case {
  /** How it is made to fail; `mine` is the controller's key. */
  start(mine: string): Promise<BadWay>
  trusts?: 'its key' | 'another key' | 'none'
  code: string
  says: RegExp
  wayOut: RegExp
}

const refuses = { code: 'HOST_AUTH_FAILED', says: /does not let root in with the controller's key/ }
const wantsKey = {
  ...refuses,
  wayOut: /is root a login name there\? .*authorized_keys: ssh-ed25519/,
}
const noShell = { code: 'HOST_AUTH_FAILED', wayOut: /needs a login shell .* no ForceCommand/ }
const sshd =
  (user: string | undefined, ...lines: string[]) =>
  (mine: string) =>
    sshdFor({ authorizedKey: mine, lines }, user)

/** Every way SSH can fail, each made for real: by OpenSSH's server, or by what stands in its place. */
const CASES: Record<string, Case> = {
  refused: {
    start: closedPort,
    code: 'HOST_REFUSED_CONNECTION',
    says: /is there, but nothing listens on 127\.0\.0\.1:\d+/,
    wayOut: /start sshd on the host/,
  },
  dropped: {
    start: droppingPort,
    code: 'HOST_UNREACHABLE',
    says: /does not answer on 127\.0\.0\.1:\d+ \(waited 10 s\)/,
    wayOut: /is it switched on, and on this network/,
  },
  silent: {
    start: () => listener(() => {}),
    code: 'HOST_UNREACHABLE',
    says: /takes connections on .*, but SSH did not come up in 10 s/,
    wayOut: /overloaded, or something else than sshd listens there/,
  },
  'hangs-up': {
    start: () => listener((socket) => socket.destroy()),
    code: 'HOST_UNREACHABLE',
    says: /it hung up before SSH began/,
    wayOut: /blocked there \(fail2ban/,
  },
  'web-server': {
    start: webServer,
    code: 'HOST_UNREACHABLE',
    says: /no SSH server listens there; it says "HTTP\/1\.1 400 Bad Request"/,
    wayOut: /set hosts\.<id>\.ssh\.port/,
  },
  full: {
    start: fullSshd,
    code: 'HOST_UNREACHABLE',
    says: /sshd takes no more logins at once/,
    wayOut: /tried again by itself; .*MaxStartups/,
  },
  'key-unknown': {
    start: sshd(undefined),
    trusts: 'none',
    code: 'HOST_KEY_UNKNOWN',
    says: /shows the key SHA256:/,
    wayOut: /nobody has trusted it yet; .*ssh-keygen -lf/,
  },
  'key-changed': {
    start: sshd(undefined),
    trusts: 'another key',
    code: 'HOST_KEY_CHANGED',
    says: /shows the key SHA256:\S+, but the trusted one is SHA256:/,
    wayOut: /harmless after a reinstallation; otherwise another machine may be answering/,
  },
  'key-not-accepted': { start: () => sshdFor({ authorizedKey: OTHER_KEY }), ...wantsKey },
  'too-many-tries': {
    start: () => sshdFor({ authorizedKey: OTHER_KEY, lines: ['MaxAuthTries 1'] }),
    ...wantsKey,
  },
  'user-not-allowed': { start: sshd(undefined, 'AllowUsers alice'), ...wantsKey },
  'wrong-user': {
    start: sshd('nobody-here'),
    code: 'HOST_AUTH_FAILED',
    says: /does not let nobody-here in/,
    wayOut: /is nobody-here a login name there\?/,
  },
  nologin: {
    start: sshd('games'),
    ...noShell,
    says: /lets games in but runs no commands .*: This account is currently not available/,
  },
  'bin-false': {
    start: sshd(undefined, 'ForceCommand /bin/false'),
    ...noShell,
    says: /lets root in but runs no commands for this user( \(|$)/m,
  },
  'sftp-only': {
    start: sshd(undefined, 'ForceCommand internal-sftp'),
    ...noShell,
    says: /lets root in but runs no commands .*: This service allows sftp connections only/,
  },
  'no-sessions': {
    start: sshd(undefined, 'MaxSessions 0'),
    code: 'OVERLOADED',
    says: /opens no more sessions for us/,
    wayOut: /MaxSessions in its sshd_config lower than 10/,
  },
}

describeWhere(missingParts(), 'SSH that fails', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'hosts-fail-'))
  const ways = new Map<string, BadWay & { user: string }>()
  let controller: SpawnedController
  let doctor: string

  beforeAll(async () => {
    const mine = keepKeyPair(dataDir).publicKey
    const known = new KnownHosts(knownHostsFile(dataDir))
    const another = publicKeyOf(makeKeyPair('test').private)
    for (const [id, { start, trusts = 'its key' }] of Object.entries(CASES)) {
      const way = await start(mine)
      ways.set(id, { ...way, user: way.user ?? 'root' })
      if (way.hostKey && trusts !== 'none')
        known.trust('127.0.0.1', way.port, trusts === 'its key' ? way.hostKey : another)
    }
    const hosts = [...ways].map(([id, way]) => hostLine(id, '127.0.0.1', way.user, way.port))
    const nowhere = hostLine('no-name', 'spark.invalid', 'root', 22)
    const file = writeTopology(dataDir, [...hosts, nowhere])
    controller = await spawnController([writeTopology(join(dataDir, 'api'), []), ...flags(dataDir)])
    doctor = await examine(file, dataDir)
  }, 180_000)
  afterAll(async () => {
    await controller?.kill('SIGTERM')
    for (const way of ways.values()) await way.close()
    rmSync(dataDir, { recursive: true, force: true })
  })

  it.each(Object.entries(CASES))(
    '%s is said with the way out',
    async (id, { code, says, wayOut }) => {
      const { port, user } = ways.get(id) ?? { port: 0, user: '' }
      const tested = await test(controller, { address: '127.0.0.1', port, user })
      expect(tested.error).toMatchObject({
        code,
        message: expect.stringMatching(says),
        hint: expect.stringMatching(wayOut),
      })
      const said = findingOf(doctor, id)
      expect(said).toMatch(says)
      expect(said).toMatch(new RegExp(`^  ✗ .* \\(${code}\\)$`, 'm'))
      expect(said).toMatch(wayOut)
    },
  )

  it('a name nobody knows is said with the way out', async () => {
    const { error } = await test(controller, { address: 'spark.invalid', port: 22, user: 'root' })
    const says = /nobody knows the name spark\.invalid/
    expect(error).toMatchObject({ code: 'HOST_UNREACHABLE', message: expect.stringMatching(says) })
    expect(error?.hint).toMatch(/write the IPv4 address/)
    expect(findingOf(doctor, 'no-name')).toMatch(says)
    expect(findingOf(doctor, 'no-name')).toContain('(HOST_UNREACHABLE)')
  })

  it('no route to the host, and a network that drops what is sent, are told apart from a refusal', async () => {
    const file = writeTopology(join(dataDir, 'net'), [
      hostLine('no-route', '10.1.0.9', 'root', 22),
      hostLine('no-network', '10.2.0.9', 'root', 22),
      hostLine('dropping', '10.3.0.9', 'root', 22),
    ])
    // a network of its own: one range is unreachable, of one nothing is known, and in one there is
    // only a machine that takes no packet as its own
    const network = `ip link add near type veth peer name far && ip link set far up &&
      ip addr add 10.3.0.1/24 dev near && ip link set near up &&
      ip neigh add 10.3.0.9 lladdr 02:00:00:00:00:09 dev near &&
      ip route add unreachable 10.1.0.0/24 && exec "$0" "$1" doctor "$2" --data "$3"`
    const args = ['-n', 'sh', '-c', network, process.execPath, MAIN, file, dataDir]
    const said = await run('unshare', args).catch((error: { stdout: string }) => error)
    for (const id of ['no-route', 'no-network'])
      expect(findingOf(said.stdout, id)).toMatch(/no answer from that address[\s\S]*switched on/)
    expect(findingOf(said.stdout, 'dropping')).toMatch(
      /does not answer on 10\.3\.0\.9:22 \(waited 10 s\)/,
    )
  })
})

const flags = (dataDir: string) => ['--data', dataDir, '--host', '127.0.0.1', '--port', '0']

const hostLine = (id: string, address: string, user: string, port: number): string =>
  `  ${id}: { address: ${address}, user: ${user}, ssh: { port: ${port} } }\n`

function writeTopology(folder: string, hosts: string[]): string {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'topology.yaml')
  writeFileSync(file, `cluster: fails\nhosts:${hosts.length > 0 ? '\n' : ' {}\n'}${hosts.join('')}`)
  return file
}

/** "Test connection" of the page where machines are added. */
async function test(
  controller: SpawnedController,
  machine: { address: string; port: number; user: string },
): Promise<HostView> {
  const { body } = await ask<{ host: HostView }>(controller, '/api/discover', machine)
  return body.host
}

/** What `spark-control doctor` prints; it ends with 1, since it finds much. */
async function examine(file: string, dataDir: string): Promise<string> {
  const args = [MAIN, 'doctor', file, '--data', dataDir]
  const ended = await run(process.execPath, args).then(
    () => undefined,
    (error: { code: number; stdout: string }) => error,
  )
  expect(ended?.code).toBe(1)
  return ended?.stdout ?? ''
}

/** The lines of a report below the name of a host. */
const findingOf = (report: string, id: string): string =>
  new RegExp(`^${id}\\n((?:  .*\\n)+)`, 'm').exec(report)?.[1] ?? `nothing of ${id} in:\n${report}`
