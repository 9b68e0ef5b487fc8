import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ssh2 from 'ssh2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runOn, startTestSandbox, type TestSandbox, until } from '../testing/test-sandbox.ts'
import { makeKeyPair } from './ssh-server.ts'

let sandbox: TestSandbox
let home: string
beforeAll(async () => {
  sandbox = await startTestSandbox({ first: 'nothing' })
  home = sandbox.hosts[0]?.home ?? ''
})
afterAll(() => sandbox.close())

const run = (command: string) => sandbox.run('spark-1', command)

test.each([
  ['exit 7', 7, undefined],
  ['true', 0, undefined],
  ['kill -s TERM $$', null, 'SIGTERM'],
  ['kill -9 $$', null, 'SIGKILL'],
  ['no-such-program', 127, undefined],
])('%s ends as under sshd', async (command, code, signal) => {
  expect(await run(command)).toMatchObject({ code, signal })
})

test('commands run in the host’s home, with its stand-ins first on PATH', async () => {
  const { out } = await run('pwd; echo $HOME; command -v docker; hostname; echo $SPARK_PROC')
  expect(out).toBe(
    `${home}\n${home}\n${join(home, '../bin/docker')}\nspark-1\n${join(home, '../proc')}\n`,
  )
})

test('standard input arrives, both streams come back apart, megabytes come whole', async () => {
  const client = await sandbox.connect('spark-1')
  const size = await new Promise<number>((resolve, reject) => {
    client.exec('sh -s -- 3', (error, stream) => {
      if (error) return reject(error)
      let bytes = 0
      stream.on('data', (data: Buffer) => {
        bytes += data.length
      })
      stream.stderr.resume()
      stream.on('close', () => resolve(bytes))
      stream.end('head -c "$1"000000 /dev/zero; echo done >&2\n')
    })
  })
  client.end()
  expect(size).toBe(3_000_000)
  expect(await run('echo a; echo b >&2')).toMatchObject({ out: 'a\n', err: 'b\n' })
})

test('the memory and the clock of the host are files that change', async () => {
  const { out } = await run('cat "$SPARK_PROC/meminfo" "$SPARK_PROC/uptime" "$SPARK_PROC/loadavg"')
  expect(out).toMatch(/^MemTotal: +127601\d{3} kB\nMemFree: +\d+ kB\nMemAvailable: +\d+ kB/)
  expect(out).toMatch(/\n\d+\.\d\d \d+\.\d\d\n[\d.]+ [\d.]+ [\d.]+ \d+\/\d+ \d+\n$/)
})

test('a GB10 has no memory of its own, and the VPN has an address', async () => {
  const { out } = await run(
    'nvidia-smi --query-gpu=name,memory.total,memory.used,utilization.gpu,driver_version --format=csv,noheader,nounits',
  )
  expect(out).toBe('NVIDIA GB10, [N/A], [N/A], 0, 580.95.05\n')
  expect(await run('nvidia-smi --query-gpu=nope --format=csv')).toMatchObject({ code: 2 })
  const addresses = JSON.parse((await run('ip -j addr')).out) as {
    addr_info: { local: string }[]
  }[]
  expect(addresses.map((each) => each.addr_info[0]?.local)).toEqual([
    ...['127.0.0.1', '192.168.177.11', '10.66.0.11'],
  ])
})

test('a closed channel leaves its command running', async () => {
  const client = await sandbox.connect('spark-1')
  await new Promise<void>((resolve, reject) => {
    client.exec('echo $$; read line; touch survived', (error, stream) => {
      if (error) return reject(error)
      stream.once('data', () => stream.close())
      stream.on('close', () => resolve())
    })
  })
  client.end()
  await until(() => (existsSync(join(home, 'survived')) ? true : undefined))
})

test('a command is ended by a signal to its process group from a second channel', async () => {
  const sleeping = run('echo $$ > group; sleep 600; echo never')
  const pid = await until(() => {
    const file = join(home, 'group')
    return existsSync(file) ? readFileSync(file, 'utf8').trim() || undefined : undefined
  })
  await run(`kill -s TERM -- -${pid}`)
  expect(await sleeping).toMatchObject({ out: '', signal: 'SIGTERM' })
})

test('the eleventh session on a connection is refused', async () => {
  const client = await sandbox.connect('spark-1')
  const ended = await Promise.allSettled(
    Array.from({ length: 11 }, () => runOn(client, 'sleep 0.6')),
  )
  client.end()
  expect(ended.filter((each) => each.status === 'rejected')).toHaveLength(1)
})

test('another key, another user and a password are refused', async () => {
  const port = sandbox.hosts[0]?.sshPort ?? 0
  const login = (options: object) =>
    new Promise<string>((resolve) => {
      const client = new ssh2.Client()
      client.on('ready', () => {
        client.end()
        resolve('ready')
      })
      client.on('error', (error) => resolve(error.message))
      client.connect({ host: '127.0.0.1', port, username: 'sandbox', ...options })
    })
  const other = makeKeyPair().private
  const own = sandbox.privateKey
  expect(
    await Promise.all([
      login({ privateKey: other }),
      login({ password: 'x' }),
      login({ privateKey: own, username: 'root' }),
      login({ privateKey: own }),
    ]),
  ).toEqual([...Array(3).fill('All configured authentication methods failed'), 'ready'])
})

test('a dropped connection ends a command without a status; the next one works', async () => {
  const client = await sandbox.connect('spark-2')
  client.on('error', () => undefined)
  const cut = runOn(client, 'echo started; sleep 600')
  await until(async () => ((await sandbox.run('spark-1', 'true')).code === 0 ? true : undefined))
  await sandbox.setFaults('spark-2', { ssh: 'drop' })
  expect(await cut).toMatchObject({ code: null, signal: undefined })
  expect((await sandbox.run('spark-2', 'echo back')).out).toBe('back\n')
})

test('a refused host refuses, a frozen one keeps silent until it thaws', async () => {
  await sandbox.setFaults('spark-2', { ssh: 'refuse' })
  await expect(sandbox.connect('spark-2')).rejects.toThrow('ECONNREFUSED')
  await sandbox.setFaults('spark-2', {})
  const client = await until(() => sandbox.connect('spark-2').catch(() => undefined))
  await sandbox.setFaults('spark-2', { ssh: 'freeze' })
  await sandbox.setFaults('spark-2', { ssh: 'freeze', busy: true }) // frozen as before
  let isAnswered = false
  const answer = runOn(client, 'echo thawed').then((ran) => {
    isAnswered = true
    return ran.out
  })
  await sandbox.run('spark-1', 'sleep 0.1')
  expect(isAnswered).toBe(false)
  await sandbox.setFaults('spark-2', {})
  expect(await answer).toBe('thawed\n')
  client.end()
})
