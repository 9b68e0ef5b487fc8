import { connect } from 'node:net'
import { parseArgs } from 'node:util'
import ssh2, { type ConnectConfig } from 'ssh2'
import type { Connection } from '../../core/hosts/connection.ts'
import { sh } from '../../core/hosts/sh.ts'
import { connectTo, TEST_KEY } from '../../core/hosts/testing/connect.ts'
import { type Sshd, startSshd, whyNoSshd } from '../../core/hosts/testing/sshd.ts'
import { quantile } from '../gateway/figures.ts'

/** What the bench must show: how many times faster, how many callers. */
const LEAST_RATIO = 15
const CALLERS = 1_000

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, each: { type: 'string', default: '30' } },
})

const missing = whyNoSshd()
if (missing) {
  console.error(`bench/ssh measures against OpenSSH's server, but ${missing}.`)
  process.exit(2)
}
const sshd = await startSshd({ authorizedKey: TEST_KEY.publicKey })
try {
  process.exitCode = (await measure(sshd, Number(values.rounds), Number(values.each))) ? 0 : 1
} finally {
  await sshd.close()
}

/** Measures the ways in turn, so that a busy moment of the machine hits all of them. */
async function measure(server: Sshd, rounds: number, each: number): Promise<boolean> {
  const kept = connectTo(server.port, { user: server.user })
  await kept.connection.exec(sh`true`)
  const raw = await keepRaw(server)
  const times = {
    kept: [] as number[],
    nagle: [] as number[],
    fresh: [] as number[],
    quick: [] as number[],
  }
  for (let round = 0; round < rounds; round++) {
    await repeat(each, times.kept, () => kept.connection.exec(sh`true`))
    await repeat(each, times.nagle, () => execRaw(raw, 'true'))
    await repeat(Math.ceil(each / 5), times.fresh, () => connectAndExec(server, false))
    await repeat(Math.ceil(each / 5), times.quick, () => connectAndExec(server, true))
  }
  raw.end()
  const ratio = quantile(times.fresh, 0.5) / quantile(times.kept, 0.5)
  console.log(`OpenSSH on loopback, Node ${process.version}, command: true`)
  show('a new connection each, ssh2 as it comes', times.fresh)
  show('a new connection each, no-delay socket', times.quick)
  show('one kept connection, ssh2 as it comes', times.nagle)
  show('one kept connection, ours', times.kept)
  console.log(
    `ours is ${ratio.toFixed(1)} × faster at p50 than a connection each (at least ${LEAST_RATIO})`,
  )
  const failures = await callAtOnce(kept.connection)
  kept.close()
  return ratio >= LEAST_RATIO && failures === 0
}

async function callAtOnce(connection: Connection): Promise<number> {
  const startedAt = performance.now()
  const results = await Promise.allSettled(
    Array.from({ length: CALLERS }, (_, i) => connection.exec(sh`echo ${i}`)),
  )
  const seconds = (performance.now() - startedAt) / 1000
  const isRight = (result: (typeof results)[number], i: number) =>
    result.status === 'fulfilled' && result.value.stdout === `${i}\n`
  const failures = results.filter((result, i) => !isRight(result, i)).length
  console.log(
    `${CALLERS} callers at once: ${failures} failures, ${Math.round(CALLERS / seconds)} commands/s`,
  )
  return failures
}

async function repeat(count: number, times: number[], work: () => Promise<unknown>) {
  for (let i = 0; i < count; i++) {
    const startedAt = performance.now()
    await work()
    times.push(performance.now() - startedAt)
  }
}

function loginOf({ user }: Sshd): ConnectConfig {
  return { username: user, privateKey: TEST_KEY.privateKey, hostVerifier: () => true }
}

function ready(client: ssh2.Client, config: ConnectConfig): Promise<ssh2.Client> {
  return new Promise((resolve, reject) => {
    client.once('ready', () => resolve(client)).once('error', reject)
    client.connect(config)
  })
}

function keepRaw(server: Sshd): Promise<ssh2.Client> {
  const client = new ssh2.Client()
  return ready(client, { ...loginOf(server), host: '127.0.0.1', port: server.port })
}

function execRaw(client: ssh2.Client, command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(error)
      channel.on('close', () => resolve()).resume()
      channel.stderr.resume()
    })
  })
}

async function connectAndExec(server: Sshd, noDelay: boolean) {
  const host = { host: '127.0.0.1', port: server.port }
  const way = noDelay ? { sock: connect({ ...host, noDelay: true }) } : host
  const client = await ready(new ssh2.Client(), { ...loginOf(server), ...way })
  await execRaw(client, 'true')
  client.destroy()
}

function show(name: string, times: number[]) {
  const ms = (share: number) => `${quantile(times, share).toFixed(1).padStart(6)} ms`
  console.log(`${name.padEnd(42)} p50 ${ms(0.5)}  p95 ${ms(0.95)}  (${times.length} commands)`)
}
