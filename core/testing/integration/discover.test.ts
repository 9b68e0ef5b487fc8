import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readTopologyText } from '../../check-file.ts'
import { systemClock } from '../../clock.ts'
import { discover } from '../../discover/discover-command.ts'
import type { MachineView } from '../../discover/look-at-machine.ts'
import { examine } from '../../doctor/doctor.ts'
import { formatFindings } from '../../doctor/finding.ts'
import { startTestCluster, type TestCluster } from '../test-cluster.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster()
})
afterAll(() => cluster?.close())

const target = () => {
  const [host] = cluster.sandbox.hosts
  return { address: '127.0.0.1', user: host?.user ?? '', port: host?.sshPort ?? 0 }
}

describe('a machine that is not in the topology', () => {
  it('is trusted, looked into, written down and kept, all without being changed', async () => {
    const commands = (await cluster.commands()).length
    const shown = await cluster.post<MachineView>('/api/discover', target())
    expect(shown.body.host).toMatchObject({ state: 'key_unknown', figures: null })
    const trust = shown.body.host.host_key?.offered
    const { body } = await cluster.post<MachineView>('/api/discover', { ...target(), trust })
    expect(body.host).toMatchObject({ state: 'ok', figures: { hostname: 'spark-1' } })
    expect(body.containers.map(({ name }) => name)).toContain('vllm_node')
    const asked = (await cluster.commands()).slice(commands).map(({ args }) => args[0])
    // besides: the weighing of the disks, and the looks of services
    expect(asked.filter((word) => !/^(ps|system|inspect)$/.test(word ?? ''))).toEqual([])
    expect(asked).toContain('ps')
    const machines = { machines: [body] }
    const { body: written } = await cluster.post<{ text: string }>(
      '/api/discover/topology',
      machines,
    )
    expect(written.text).toContain('memory: unified')
    const saved = await cluster.post<{ file: string }>('/api/discover/save', written)
    expect([saved.status, readFileSync(saved.body.file, 'utf8')]).toEqual([201, written.text])
    const again = await cluster.post('/api/discover/save', written)
    expect(again.body).toMatchObject({ error: { code: 'TOPOLOGY_EXISTS' } })
  })

  it('is not looked for on the internet, and a text with mistakes is not kept', async () => {
    const public_ = await cluster.post('/api/discover', { ...target(), address: '8.8.8.8' })
    expect(public_.body).toMatchObject({ error: { code: 'VALIDATION' } })
    const wrong = await cluster.post('/api/discover/save', { text: 'hosts: 7\n' })
    expect(wrong.body).toMatchObject({ error: { code: 'TOPOLOGY_INVALID' } })
  })

  it('is written to a file by the command line, which says what it saw', async () => {
    const { user, port } = target()
    const deps = {
      ...{ dataDir: cluster.dataDir, clock: systemClock, log: pino({ level: 'silent' }) },
      kinds: () => [],
    }
    const file = join(cluster.dataDir, 'found.yaml')
    let said = ''
    const note = (text: string) => {
      said += text
    }
    const out = { print: () => {}, note }
    const flags = { trust: true, write: file }
    expect(await discover([`${user}@127.0.0.1:${port}`], flags, deps, out)).toBe(true)
    expect(said).toMatch(/reached[\s\S]*containers: .*vllm_node/)
    expect(existsSync(file)).toBe(true)
    await expect(discover([`alice@127.0.0.1`], flags, deps, out)).rejects.toMatchObject({
      code: 'TOPOLOGY_EXISTS',
    })
    await expect(discover(['127.0.0.1'], { trust: false }, deps, out)).rejects.toThrow(/no machine/)
  })
})

it('the doctor checks a whole cluster, and says of what is broken what to do', async () => {
  const text = `${readFileSync(cluster.file, 'utf8')}
  hers: { kind: container, host: spark-1, user: alice, container: hers }
  nobodys: { kind: container, host: spark-1, user: '', container: nobodys }
  spare: { kind: container, host: spark-1, container: spare }
disabled: [spare]
`
  const { topology, catalog } = await readTopologyText(cluster.file, text)
  if (!topology) throw new Error('the topology of the sandbox has mistakes')
  const deps = {
    ...{ dataDir: join(cluster.dataDir, 'sandbox', 'controller'), kinds: catalog.kinds },
    ...{ clock: systemClock, log: pino({ level: 'silent' }) },
  }
  const well = await examine(topology, deps)
  // a service is looked at as the user it goes by
  expect(well.filter(({ level }) => level === 'bad')).toMatchObject([
    { subject: 'hers', code: 'HOST_AUTH_FAILED' },
  ])
  expect(well.map(({ subject }) => subject)).not.toContain('spare')
  expect(formatFindings(well)).toContain('nobodys\n  ✓ is not set up: its user is empty\n')
  expect(formatFindings(well)).toMatch(
    /spark-1\n {2}✓ reached by SSH in [\d.]+ ms\n {2}✓ NVIDIA GB10\n/,
  )
  await cluster.setFaults('spark-1', { docker: 'denied' })
  await cluster.setFaults('spark-2', { ssh: 'refuse' })
  const ill = formatFindings(await examine(topology, deps))
  expect(ill).toMatch(
    /spark-1\n[\s\S]*✗ docker refuses: [^\n]*permission denied[^\n]*\n +run on the host: sudo usermod/,
  )
  expect(ill).toMatch(/spark-2\n {2}✗ spark-2 /)
  await cluster.setFaults('spark-1', {})
  await cluster.setFaults('spark-2', {})
})
