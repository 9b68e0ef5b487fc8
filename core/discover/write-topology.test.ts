import { describe, expect, it } from 'vitest'
import { loadCatalog } from '../catalog.ts'
import { judgeText } from '../check-file.ts'
import type { HostFigures } from '../hosts/figures.ts'
import { type Machine, writeTopology } from './write-topology.ts'

const figures = (more: Partial<HostFigures> = {}): HostFigures => ({
  ...{
    hostname: 'spark-1',
    uptime_s: 1,
    load1: 0,
    kernel: '6.11 aarch64',
    driver: null,
    disks: [],
  },
  memory: { is_unified: true, total_bytes: 128e9, available_bytes: 30, free_bytes: 10 },
  gpus: [],
  addresses: [
    { interface: 'enP7s7', address: '192.168.1.101' },
    { interface: 'enp1s0f0np0', address: '192.168.100.11' },
    { interface: 'wg0', address: '10.9.0.2', vpn: 'WireGuard' },
  ],
  ...more,
})

const machine = (
  address: string,
  found: HostFigures | null,
  more: Partial<Machine> = {},
): Machine => ({
  ...{ address, user: 'alice', port: 22, container_runtime: 'docker', services: [] },
  host: {
    ...{
      id: address,
      address,
      state: found ? 'ok' : 'denied',
      checked_at: null,
      round_trip_ms: null,
    },
    ...(found === null && { error: { code: 'HOST_AUTH_FAILED', message: 'no\nlet: in' } }),
    figures: found,
  },
  ...more,
})

describe('a topology for what was found', () => {
  it('is one the check finds no fault in, with what was seen as comments', async () => {
    const text = writeTopology([
      machine('192.168.1.101', figures(), {
        services: [
          {
            ...{ kind: 'vllm', title: 'Language model', port: 8888 },
            keys: { container: 'vllm_node', launcher_dir: '~/spark-vllm-docker' },
          },
          { kind: 'openai', title: 'Language model server', port: 11434, keys: {} },
        ],
      }),
      machine('192.168.1.102', figures(), {
        port: 2222,
        container_runtime: 'podman',
        services: [{ kind: 'openai', title: 'Language model server', port: 11434, keys: {} }],
      }),
      machine('192.168.1.103', null),
    ])
    expect(judgeText('topology.yaml', text, await loadCatalog())).toEqual([])
    expect(text).toContain('spark-1:\n    # no GPU · 128 GB memory · 6.11 aarch64\n')
    expect(text).toContain('# fabric: 192.168.100.11    # if enp1s0f0np0 is the fast link')
    expect(text).not.toContain('10.9.0.2')
    // both machines call themselves the same
    expect(text).toContain('host-2:\n')
    expect(text).toContain('ssh: { port: 2222 }\n    container_runtime: podman\n')
    expect(text).toContain('# It was not looked into: no let: in\n')
    expect(text).toContain('openai-2:\n')
  })

  it('gives a machine that says no name of its own one that no other has', async () => {
    const text = writeTopology([
      machine('192.168.1.101', figures({ hostname: 'host-2' })),
      machine('192.168.1.102', null),
    ])
    expect(judgeText('topology.yaml', text, await loadCatalog())).toEqual([])
    expect(text).toContain('host-3:\n')
  })

  it('takes no line from a machine that says strange things of itself', async () => {
    const evil = 'x\n  evil: { address: 10.0.0.1 }\u2028y'
    const text = writeTopology([
      machine(
        '192.168.1.101',
        figures({
          hostname: evil,
          kernel: evil,
          addresses: [{ interface: evil, address: '10.0.0.9' }],
        }),
      ),
    ])
    expect(judgeText('topology.yaml', text, await loadCatalog())).toEqual([])
    expect(text).not.toMatch(/^ {2}evil/m)
  })

  it('has an example where no server was recognised', async () => {
    const text = writeTopology([machine('192.168.1.101', figures())])
    expect(judgeText('topology.yaml', text, await loadCatalog())).toEqual([])
    expect(text).toContain('services: {}')
  })
})
