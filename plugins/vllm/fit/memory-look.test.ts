import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isPresent } from '../../../core/testing/real/is-present.ts'
import { runScript, uproot } from '../testing/plant.ts'
import { parseMemory } from './memory-look.ts'
import { MEMORY_SCRIPT } from './memory-script.ts'

const MIB = 2 ** 20
const meminfo = ['MEM\tMemTotal:\t1000', 'MEM\tMemFree:\t200', 'MEM\tMemAvailable:\t300']
const said = (...lines: string[]) => [...meminfo, ...lines, 'END', ''].join('\n')
const ID = 'a'.repeat(64)

describe('what a host says of its memory', () => {
  it('a GPU that says [N/A] shares the machine’s, and whoever is on it is named', () => {
    const text = said(
      'GPU\t0, GPU-1, [N/A], [N/A], [N/A]',
      'APP\t900, GPU-1, 61440, VLLM::EngineCore',
      `OWNER\t900\t${ID}`,
      'APP\t901, GPU-1, 512, /usr/bin/python3, with a comma',
      'APP\t902, GPU-1, [N/A], quiet',
      `BOX\t${ID} vllm_node`,
    )
    expect(parseMemory(text, 'auto')).toEqual({
      totalBytes: 1000 * 1024,
      freeBytes: 200 * 1024,
      availableBytes: 300 * 1024,
      gpus: [],
      users: [
        { process: 'VLLM::EngineCore', container: 'vllm_node', gpu: null, bytes: 61_440 * MIB },
        { process: '/usr/bin/python3, with a comma', container: null, gpu: null, bytes: 512 * MIB },
      ],
    })
  })

  it('a card has its own, and its users are told by card', () => {
    const text = said(
      'GPU\t0, GPU-a, 24576, 4576, 20000',
      'GPU\t3, GPU-b, 24576, 576, 24000',
      'APP\t7, GPU-b, 400, python3',
    )
    const found = parseMemory(text, 'auto')
    expect(found?.gpus).toEqual([
      { index: 0, totalBytes: 24_576 * MIB, freeBytes: 20_000 * MIB },
      { index: 3, totalBytes: 24_576 * MIB, freeBytes: 24_000 * MIB },
    ])
    expect(found?.users).toEqual([
      { process: 'python3', container: null, gpu: 3, bytes: 400 * MIB },
    ])
    expect(parseMemory(text, 'unified')).toMatchObject({ gpus: [], users: [{ gpu: null }] })
  })

  it('an answer cut short is none', () => {
    expect(parseMemory(meminfo.join('\n'), 'auto')).toBeNull()
    expect(parseMemory('END\n', 'auto')).toBeNull()
    expect(parseMemory('MEM\tMemTotal:\t1000\nEND\n', 'auto')).toBeNull()
  })
})

const EVERY_SHELL: [string, string[]][] = [
  ['dash', ['dash']],
  ['bash', ['bash']],
  ['busybox sh', ['busybox', 'sh']],
]
const SHELLS = EVERY_SHELL.filter(([, [program = '']]) => isPresent(program))

describe.each(SHELLS)('the script in %s', (_, shell) => {
  let root: string
  const program = (name: string, text: string) =>
    writeFileSync(join(root, 'bin', name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  const run = () =>
    runScript(shell, MEMORY_SCRIPT, ['docker'], {
      PATH: `${join(root, 'bin')}:${process.env.PATH}`,
      SPARK_PROC: join(root, 'proc'),
    })

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'vllm-memory-'))
    mkdirSync(join(root, 'bin'))
    mkdirSync(join(root, 'proc', '900'), { recursive: true })
    const kernel = 'MemTotal:  1000 kB\nMemFree:  200 kB\nMemAvailable:  300 kB\nCached: 90 kB\n'
    writeFileSync(join(root, 'proc', 'meminfo'), kernel)
    writeFileSync(join(root, 'proc', '900', 'cgroup'), `0::/system.slice/docker-${ID}.scope\n`)
    program('docker', `echo "${ID} vllm_node"`)
  })
  afterAll(() => uproot(root))

  it('finds the container of every process on the GPU', () => {
    program(
      'nvidia-smi',
      `case $1 in
        --query-gpu*) echo '0, GPU-1, [N/A], [N/A], [N/A]' ;;
        *) printf '900, GPU-1, 61440, VLLM::EngineCore\\n901, GPU-1, 5, Xorg\\n' ;;
      esac`,
    )
    expect(parseMemory(run(), 'auto')?.users).toEqual([
      { process: 'VLLM::EngineCore', container: 'vllm_node', gpu: null, bytes: 61_440 * MIB },
      { process: 'Xorg', container: null, gpu: null, bytes: 5 * MIB },
    ])
  })

  it('does with what there is where nvidia-smi or docker fail', () => {
    program('nvidia-smi', 'echo "Failed to initialize NVML" >&2; exit 9')
    program('docker', 'exit 1')
    expect(parseMemory(run(), 'auto')).toMatchObject({ freeBytes: 200 * 1024, gpus: [], users: [] })
    program('docker', `echo "${ID} vllm_node"`)
  })
})
