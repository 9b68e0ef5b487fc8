import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { isPresent } from '../testing/real/is-present.ts'
import type { HostSpec } from './host.ts'
import { parsePoll, pollCommand } from './poll.ts'
import { wireOf } from './sh.ts'
import { takeTime } from './testing/soon.ts'

takeTime()

const GIB = 1024 ** 3
const MIB = 1024 ** 2

/** A DGX Spark: the GPU shares the machine's memory, so nvidia-smi says [N/A]. */
const SPARK = `=hostname
spark-1
=uptime
1036800.25 20000000.00
=loadavg
0.52 0.61 0.70 2/1482 402211
=kernel
6.11.0-1016-nvidia aarch64
=meminfo
MemTotal:       125829120 kB
MemFree:        10485760 kB
MemAvailable:   52428800 kB
Buffers:          524288 kB
Cached:         41943040 kB
=disk /home/alice/.cache/huggingface
Filesystem     1024-blocks       Used  Available Capacity Mounted on
/dev/nvme0n1p2  3844639744 1310720000 2338450432      36% /
=disk /mnt/big models
Filesystem       1024-blocks      Used Available Capacity Mounted on
nas:/volume one  11489474560 104857600 104857600      50% /mnt/big models
=disk /
Filesystem     1024-blocks       Used  Available Capacity Mounted on
/dev/nvme0n1p2  3844639744 1310720000 2338450432      36% /
=gpus
0, NVIDIA GB10, [N/A], [N/A], 96, 61, 43.51, 2411, 0x0000000000000024, 580.95.05
=addresses
[{"ifindex":1,"ifname":"lo","flags":["LOOPBACK"],"addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":8,"scope":"host","label":"lo"},{"family":"inet6","local":"::1","prefixlen":128,"scope":"host"}]},{"ifindex":2,"ifname":"enP7s7","addr_info":[{"family":"inet","local":"192.0.2.11","prefixlen":24,"scope":"global"},{"family":"inet6","local":"fe80::1","prefixlen":64,"scope":"link"}]},{},{"ifindex":4,"ifname":"enp1s0f0np0","addr_info":[{"family":"inet","local":"198.51.100.11","prefixlen":24,"scope":"global"}]},{"ifname":"tailscale0","operstate":"UNKNOWN","linkinfo":{"info_kind":"tun"},"addr_info":[{"scope":"global","local":"100.64.0.7"}]},{"ifname":"home","operstate":"UNKNOWN","linkinfo":{"info_kind":"wireguard"},"addr_info":[{"scope":"global","local":"10.9.0.2"}]}]
=speeds
enP7s7 10000
enp1s0f0np0 200000
tailscale0 
=end
`

describe('the figures of', () => {
  it('a DGX Spark', () => {
    expect(parsePoll(SPARK, { memory: 'auto', fabric: '198.51.100.11' })).toEqual({
      hostname: 'spark-1',
      uptime_s: 1036800.25,
      load1: 0.52,
      kernel: '6.11.0-1016-nvidia aarch64',
      driver: '580.95.05',
      memory: {
        is_unified: true,
        total_bytes: 120 * GIB,
        available_bytes: 50 * GIB,
        free_bytes: 10 * GIB,
      },
      disks: [
        {
          path: '/home/alice/.cache/huggingface',
          total_bytes: 3844639744 * 1024,
          free_bytes: 2338450432 * 1024,
        },
        { path: '/mnt/big models', total_bytes: 11489474560 * 1024, free_bytes: 100 * GIB },
      ],
      gpus: [
        {
          index: 0,
          name: 'NVIDIA GB10',
          memory_total_bytes: null,
          memory_used_bytes: null,
          utilization_percent: 96,
          temperature_c: 61,
          power_w: 43.51,
          clock_mhz: 2411,
          slowed_by: ['its power limit', 'its temperature'],
        },
      ],
      addresses: [
        { interface: 'enP7s7', address: '192.0.2.11' },
        { interface: 'enp1s0f0np0', address: '198.51.100.11' },
        { interface: 'tailscale0', address: '100.64.0.7', vpn: 'Tailscale' },
        { interface: 'home', address: '10.9.0.2', vpn: 'WireGuard' },
      ],
      fabric: { interface: 'enp1s0f0np0', is_up: true, speed_mbps: 200_000 },
    })
  })

  it('a box with two discrete cards, one of them without a power sensor', () => {
    const text = SPARK.replace(
      '0, NVIDIA GB10, [N/A], [N/A], 96, 61, 43.51, 2411, 0x0000000000000024, 580.95.05',
      '0, NVIDIA GeForce RTX 4090, 24564, 1024, 0, 38, 21.07\n1, Tesla T4, 15360, 3, 0, 40, [Not Supported]',
    )
    const { gpus, memory } = parsePoll(text, { memory: 'auto' })
    expect(memory?.is_unified).toBe(false)
    expect(gpus).toMatchObject([
      { name: 'NVIDIA GeForce RTX 4090', memory_total_bytes: 24564 * MIB, power_w: 21.07 },
      { index: 1, memory_total_bytes: 15360 * MIB, memory_used_bytes: 3 * MIB, power_w: null },
    ])
  })

  it('a box without a GPU, or whose driver does not answer', () => {
    for (const gpus of ['', '=gpus\n', "=gpus\nNVIDIA-SMI has failed because it couldn't\n"]) {
      const text = SPARK.replace(/=gpus\n.*\n/, gpus)
      expect(parsePoll(text, { memory: 'auto' })).toMatchObject({
        gpus: [],
        memory: { is_unified: false },
      })
    }
  })

  it('a box whose memory the topology knows better', () => {
    expect(parsePoll(SPARK, { memory: 'discrete' }).memory?.is_unified).toBe(false)
    const bare = SPARK.replace(/=gpus\n.*\n/, '')
    expect(parsePoll(bare, { memory: 'unified' }).memory?.is_unified).toBe(true)
  })

  it('a box that has nothing but busybox', () => {
    const text = `=hostname
appliance
=uptime
=loadavg
=meminfo
MemTotal:        2048 kB
MemFree:         1024 kB
Buffers:          512 kB
Cached:           256 kB
=disk /root/.cache/huggingface
Filesystem           1024-blocks    Used Available Capacity Mounted on
overlay                 41152736  20000000        -5 100% /
=addresses
1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
2: eth0    inet 192.0.2.9/24 brd 192.0.2.255 scope global eth0\\       valid_lft forever
2: eth0    inet6 fe80::42/64 scope link \\       valid_lft forever preferred_lft forever
=end
`
    expect(parsePoll(text, { memory: 'auto' })).toEqual({
      hostname: 'appliance',
      uptime_s: null,
      load1: null,
      kernel: null,
      driver: null,
      memory: {
        is_unified: false,
        total_bytes: 2 * MIB,
        available_bytes: 1.75 * MIB,
        free_bytes: MIB,
      },
      disks: [{ path: '/root/.cache/huggingface', total_bytes: 41152736 * 1024, free_bytes: 0 }],
      gpus: [],
      addresses: [{ interface: 'eth0', address: '192.0.2.9' }],
    })
  })

  it('a box that says nonsense of its disks without end', () => {
    const blanks = ' '.repeat(100_000)
    const nonsense = `${blanks}0 0 0 -${blanks} 0 0 0 -\t`
    const said = SPARK.replace('=disk /\n', `=disk /\n${nonsense}\n`)
    expect(said).not.toBe(SPARK)
    expect(parsePoll(said, { memory: 'auto' }).disks.length).toBeGreaterThan(1)
    const told = SPARK.replaceAll(/(=disk .*\n)[^=]*/g, `$1${nonsense}\n`)
    expect(parsePoll(told, { memory: 'auto' }).disks).toEqual([])
  })

  it('a poll that was cut off are refused', () => {
    expect(() => parsePoll(SPARK.slice(0, 200), { memory: 'auto' })).toThrow(/only a part/)
  })
})

describe('the script', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hosts-poll-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const program = (name: string, text: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  const spec: HostSpec = {
    address: '192.0.2.1',
    ssh: { port: 22 },
    hf_home: join(folder, "it's not there", 'yet'),
    model_dirs: ['/proc', '-x'],
    container_runtime: 'docker',
    memory: 'auto',
    local: false,
  }

  function run(shell: string[], path: string) {
    const { stdin = '' } = wireOf(pollCommand(spec))
    const [file = 'sh', ...args] = shell
    const words = ['-s', '--', spec.hf_home ?? '', ...spec.model_dirs]
    return spawnSync(file, [...args, ...words], {
      input: stdin,
      encoding: 'utf8',
      env: { PATH: path, HOME: '/root' },
    })
  }

  const shells: [string, string[]][] = [
    ['dash', ['/usr/bin/dash']],
    ['bash', ['/usr/bin/bash']],
    ['busybox', ['/usr/bin/busybox', 'sh']],
  ]
  const present = shells.filter(([name]) => isPresent(name))
  it.each(present)('reads this machine in %s, in words the parser knows', (_, shell) => {
    program('nvidia-smi', 'echo "0, NVIDIA GB10, [N/A], [N/A], 3, 41, 4.55"')
    const { stdout, stderr } = run(shell, `${bin}:/usr/sbin:/usr/bin:/sbin:/bin`)
    expect(stderr).toBe('')
    const figures = parsePoll(stdout, spec)
    expect(figures.hostname).not.toBe('')
    expect(figures.uptime_s).toBeGreaterThan(0)
    expect(figures.memory).toMatchObject({ is_unified: true, total_bytes: expect.any(Number) })
    expect(figures.gpus).toMatchObject([{ name: 'NVIDIA GB10', power_w: 4.55 }])
    // a folder that is not there yet counts with the disk it would be on
    expect(figures.disks[0]).toMatchObject({ path: spec.hf_home })
    expect(figures.disks[0]?.total_bytes).toBeGreaterThan(0)
  })

  it.runIf(isPresent('busybox'))('reads a machine that has nothing but busybox', () => {
    const tools = join(folder, 'busybox')
    mkdirSync(tools)
    for (const name of ['cat', 'grep', 'df', 'hostname', 'uname', 'ip', 'timeout', 'sh'])
      symlinkSync('/usr/bin/busybox', join(tools, name))
    const { stdout } = run([join(tools, 'sh')], tools)
    const figures = parsePoll(stdout, spec)
    expect(figures.hostname).not.toBe('')
    expect(figures.memory?.total_bytes).toBeGreaterThan(0)
    expect(figures.disks[0]?.total_bytes).toBeGreaterThan(0)
    expect(figures.gpus).toEqual([])
  })
})
