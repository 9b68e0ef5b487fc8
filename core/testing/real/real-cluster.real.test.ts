import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Command, sh } from '../../hosts/sh.ts'
import { connectTo, TEST_KEY } from '../../hosts/testing/connect.ts'
import { missingParts, type RealCluster, type RealHost, startRealCluster } from './cluster.ts'
import { describeWhere } from './describe-where.ts'

const IMAGE = {
  tag: 'greeter',
  copies: {},
  programs: { 'usr/local/bin/greet': '#!/bin/sh\necho "hello $1"\n' },
}

/** Of every process of this machine, containers included. */
const commandLines = (): string[] =>
  readdirSync('/proc').flatMap((pid) => {
    try {
      return /^\d+$/.test(pid) ? [readFileSync(`/proc/${pid}/cmdline`, 'utf8')] : []
    } catch {
      // ended while we looked
      return []
    }
  })

describeWhere(missingParts(), 'two hosts of real parts', () => {
  let cluster: RealCluster
  const ends: (() => void)[] = []
  beforeAll(async () => {
    cluster = await startRealCluster({ authorizedKeys: [TEST_KEY.publicKey], image: IMAGE })
  })
  afterAll(async () => {
    for (const end of ends) end()
    await cluster?.close()
  })

  async function run({ address, sshPort, user }: RealHost, command: Command): Promise<string> {
    const { connection, close } = connectTo(sshPort, { address, user })
    ends.push(close)
    const { code, stdout, stderr } = await connection.exec(command)
    if (code !== 0) throw new Error(`status ${code}: ${stderr}`)
    return stdout.trim()
  }

  it('let the key in, each into a home of its own', async () => {
    for (const host of cluster.hosts) {
      expect(await run(host, sh`echo ~; printenv HOME`)).toBe(`${host.home}\n${host.home}`)
    }
  })

  it('have a container daemon each, with the very same image', async () => {
    const ids = await Promise.all(
      cluster.hosts.map((host) => run(host, sh`docker image inspect -f ${'{{.Id}}'} greeter`)),
    )
    expect(ids[0]).toMatch(/^sha256:/)
    expect(ids[1]).toBe(ids[0])
  })

  it('run a container that the other host does not see, and Node in it', async () => {
    const [first, second] = cluster.hosts
    await run(first, sh`docker run -d --rm --network host --name guest greeter sleep infinity`)
    expect(await run(first, sh`docker exec guest greet Alice`)).toBe('hello Alice')
    expect(await run(first, sh`docker exec guest bash -c ${'node -p "6 * 7"'}`)).toBe('42')
    expect(await run(first, sh`docker ps --format ${'{{.Names}}'}`)).toBe('guest')
    expect(await run(second, sh`docker ps --format ${'{{.Names}}'}`)).toBe('')
  })

  it('reach each other by a plain ssh and the address', async () => {
    const [first, second] = cluster.hosts
    expect(await run(first, sh`ssh ${second.address} printenv HOME`)).toBe(second.home)
    expect(await run(second, sh`ssh ${first.address} printenv HOME`)).toBe(first.home)
  })

  it('of a process that was killed are cleared away by the next one', async () => {
    const script = `
      import { startRealCluster } from ${JSON.stringify(new URL('./cluster.ts', import.meta.url).href)}
      const { hosts } = await startRealCluster(${JSON.stringify({ authorizedKeys: [], image: IMAGE })})
      await hosts[0].docker('run', '-d', '--network', 'host', 'greeter', 'sleep', '7654321')
      console.log(hosts[0].home)
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [home] = (await once(child.stdout, 'data')) as [Buffer]
    const folder = dirname(dirname(home.toString().trim()))
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
    expect(existsSync(folder)).toBe(true)

    const next = await startRealCluster({ authorizedKeys: [], image: IMAGE })
    await next.close()
    expect(existsSync(folder)).toBe(false)
    expect(commandLines().filter((line) => line.includes('7654321'))).toEqual([])
    expect(readFileSync('/proc/mounts', 'utf8')).not.toContain(folder)
  })
})
