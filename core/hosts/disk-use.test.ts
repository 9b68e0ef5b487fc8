import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { isPresent } from '../testing/real/is-present.ts'
import { diskUseCommand, parseDiskUse } from './disk-use.ts'
import type { HostSpec } from './host.ts'
import { wireOf } from './sh.ts'

const folder = mkdtempSync(join(tmpdir(), 'disk-use-'))
afterAll(() => rmSync(folder, { recursive: true }))
const hf = join(folder, 'hf home')
const own = join(folder, 'own models')
for (const path of [join(hf, 'hub'), join(hf, 'xet'), own, join(folder, 'bin')])
  mkdirSync(path, { recursive: true })
writeFileSync(join(hf, 'hub', 'weights'), Buffer.alloc(300_000))
writeFileSync(join(own, 'weights'), Buffer.alloc(200_000))
writeFileSync(
  join(folder, 'bin', 'docker'),
  '#!/bin/sh\necho "Images|45.2GB"\necho "Containers|1.3kB"\n',
)
chmodSync(join(folder, 'bin', 'docker'), 0o755)

const spec: HostSpec = {
  ...{
    address: '192.0.2.1',
    ssh: { port: 22 },
    hf_home: hf,
    model_dirs: [own, join(folder, 'none')],
  },
  ...{ container_runtime: 'docker', memory: 'auto', local: false },
}

describe('weighing what fills the disks', () => {
  const shells = [['/usr/bin/dash'], ['/usr/bin/bash'], ['/usr/bin/busybox', 'sh']]
  it.each(shells.filter(([path = '']) => isPresent(path.split('/').at(-1) ?? '')))(
    'weighs models, download cache and images by %s %s',
    (...words) => {
      const [program = '', ...more] = words.filter((word) => word !== undefined)
      const { stdout } = spawnSync(
        program,
        [...more, '-s', '--', spec.container_runtime, hf, ...spec.model_dirs],
        {
          input: wireOf(diskUseCommand(spec)).stdin ?? '',
          encoding: 'utf8',
          env: { PATH: `${join(folder, 'bin')}:/usr/bin:/bin`, HOME: folder },
        },
      )
      const parts = parseDiskUse(stdout) ?? []
      expect(parts.map(({ what, path }) => [what, path])).toEqual([
        ['models', join(hf, 'hub')],
        ['models', own],
        ['download_cache', join(hf, 'xet')],
        ['images', null],
      ])
      expect(parts[0]?.size_bytes).toBeGreaterThanOrEqual(300_000)
      expect(parts[3]?.size_bytes).toBe(45_200_000_000)
    },
  )

  it('knows nothing of an output that was cut off, and no size where none is told', () => {
    expect(parseDiskUse('models 12 /hub\n')).toBeUndefined()
    expect(parseDiskUse('models  /hub\nimages N/A\nend\n')).toEqual([])
    expect(parseDiskUse('images 0B\nend\n')).toEqual([
      { what: 'images', path: null, size_bytes: 0 },
    ])
    expect(parseDiskUse('images 1.5 TB (80%)\nend\n')?.[0]?.size_bytes).toBe(1.5e12)
  })
})
