import { createHash } from 'node:crypto'

/** What a DGX Spark answers to the commands the controller sends while nobody asks for anything. */
export function answerOf(command: string, script: string, host: number): string | 'follow' {
  if (script.includes('# reads name, load')) return figures(host)
  if (script.includes('# weighs models')) return WEIGHED
  if (script.includes('# reads the state of containers')) return inspected(command, host)
  if (command.includes(' events ')) return 'follow'
  return ''
}

const WEIGHED = `models 1310720000 /home/alice/.cache/huggingface/hub
download_cache 2048 /home/alice/.cache/huggingface/xet
images 45.2GB
end
`

/** A little of it changes from look to look, as on a machine that works. */
function figures(host: number): string {
  const now = Date.now()
  const wave = Math.round(10 * Math.sin(now / 60_000 + host))
  return `=hostname
spark-${host}
=kernel
6.11.0-1016-nvidia aarch64
=uptime
${(now / 1000 - 1.7e9).toFixed(2)} 20000000.00
=loadavg
${(1 + wave / 20).toFixed(2)} 0.61 0.70 2/1482 ${now % 400_000}
=meminfo
MemTotal:       125829120 kB
MemFree:        ${10_485_760 + wave * 1000} kB
MemAvailable:   ${52_428_800 + wave * 1000} kB
Buffers:          524288 kB
Cached:         41943040 kB
=disk /home/alice/.cache/huggingface
Filesystem     1024-blocks       Used  Available Capacity Mounted on
/dev/nvme0n1p2  3844639744 1310720000 2338450432      36% /
=disk /
Filesystem     1024-blocks       Used  Available Capacity Mounted on
/dev/nvme0n1p2  3844639744 1310720000 2338450432      36% /
=gpus
0, NVIDIA GB10, [N/A], [N/A], ${80 + wave}, ${60 + (wave >> 1)}, ${(43 + wave).toFixed(2)}, 2411, 0x0000000000000000, 580.95.05
=addresses
${ADDRESSES}
=speeds
enP7s7 10000
enp1s0f0np0 200000
tailscale0 
=end
`
}

/** What `ip -j -d addr` tells of each interface, as long as it is on a real machine. */
const link = (ifindex: number, ifname: string, local: string, more: object = {}) => ({
  ...{ ifindex, ifname, flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'], mtu: 1500 },
  ...{ qdisc: 'mq', operstate: 'UP', group: 'default', txqlen: 1000, link_type: 'ether' },
  ...{ address: '02:00:00:00:00:01', broadcast: 'ff:ff:ff:ff:ff:ff', promiscuity: 0 },
  ...{ min_mtu: 68, max_mtu: 9194, inet6_addr_gen_mode: 'none', num_tx_queues: 64 },
  ...{ num_rx_queues: 64, gso_max_size: 65_536, gso_max_segs: 65_535, parentbus: 'pci' },
  addr_info: [
    { family: 'inet', local, prefixlen: 24, scope: 'global', valid_life_time: 4_294_967_295 },
    { family: 'inet6', local: `fe80::${ifindex}`, prefixlen: 64, scope: 'link' },
  ],
  ...more,
})
const ADDRESSES = JSON.stringify([
  link(1, 'lo', '127.0.0.1', { flags: ['LOOPBACK', 'UP'] }),
  link(2, 'enP7s7', '192.0.2.11'),
  link(3, 'enp1s0f0np0', '198.51.100.11'),
  link(4, 'enp1s0f1np1', '198.51.100.12', { operstate: 'DOWN' }),
  link(5, 'docker0', '172.17.0.1', { linkinfo: { info_kind: 'bridge' } }),
  link(6, 'tailscale0', '100.64.0.7', { linkinfo: { info_kind: 'tun' } }),
])

const STARTED = new Date(Date.now() - 86_400_000).toISOString()
const CONTAINERS = ['bot', 'kokoro', 'parakeet-asr']

/** What docker prints of the containers it is asked for, with the parts nobody reads. */
function inspected(command: string, host: number): string {
  const list = CONTAINERS.filter((name) => command.includes(name)).map((name) => {
    const id = createHash('sha256').update(`${name} of ${host}`).digest('hex')
    return {
      ...{ Id: id, Created: STARTED, Path: 'python', Args: ['-m', 'main'], Name: `/${name}` },
      State: {
        ...{ Status: 'running', Running: true, Paused: false, Restarting: false, Dead: false },
        ...{ OOMKilled: false, Pid: 4242, ExitCode: 0, Error: '', StartedAt: STARTED },
        FinishedAt: '0001-01-01T00:00:00Z',
      },
      ...{ Image: `sha256:${id}`, RestartCount: 0, Driver: 'overlay2', Platform: 'linux' },
      HostConfig: Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`Setting${n}`, null])),
      Config: { Image: `${name}:latest`, Env: ['PATH=/usr/local/bin:/usr/bin:/bin'], Labels: {} },
      NetworkSettings: { Ports: {}, Networks: { bridge: { IPAddress: '172.17.0.2' } } },
    }
  })
  const lines = JSON.stringify(list, null, 4).split('\n')
  return ['STATUS\t0', ...lines.map((line) => `|${line}`), 'END', ''].join('\n')
}
