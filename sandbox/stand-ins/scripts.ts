import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { quote } from '../../core/hosts/sh.ts'
import { gitSsh } from '../bot/deploy-key.ts'
import type { SimHost } from '../cluster.ts'
import { callScript, dockerScript } from './call-script.ts'
import { findProgram } from './find-program.ts'

/** Puts the stand-in programs of a host on disk: `bin` and `~/spark-vllm-docker`. */
export function installStandIns(
  host: Pick<SimHost, 'id' | 'root' | 'home' | 'bin' | 'run' | 'fabric'>,
): void {
  const launcher = join(host.home, 'spark-vllm-docker')
  mkdirSync(host.bin, { recursive: true })
  mkdirSync(launcher, { recursive: true })
  writeProgram(join(host.bin, 'docker'), dockerScript(host.run))
  writeProgram(join(host.bin, 'vllm'), callScript(host.run, 'vllm'))
  writeProgram(join(host.bin, 'hf'), callScript(host.run, 'hf'))
  writeProgram(join(host.bin, 'rsync'), callScript(host.run, 'rsync'))
  writeProgram(join(launcher, 'launch-cluster.sh'), callScript(host.run, 'launch-cluster.sh'))
  writeProgram(join(launcher, 'hf-download.sh'), callScript(host.run, 'hf-download.sh'))
  writeProgram(join(host.bin, 'git-ssh'), gitSsh(host))
  writeProgram(join(host.bin, 'nvidia-smi'), nvidiaSmi(host.run))
  writeProgram(join(host.bin, 'ip'), ipScript(host.fabric))
  writeProgram(join(host.bin, 'df'), dfScript(host.home))
  writeProgram(join(host.bin, 'hostname'), `#!/bin/sh\necho ${host.id}\n`)
  if (!findProgram('timeout')) writeProgram(join(host.bin, 'timeout'), TIMEOUT)
  if (!findProgram('setsid')) writeProgram(join(host.bin, 'setsid'), SETSID)
  if (process.platform === 'darwin') writeProgram(join(host.bin, 'stat'), STAT)
}

/** Plain shell, because it is asked every few seconds. */
function nvidiaSmi(run: string): string {
  return `#!/bin/sh
# Stand-in of the Spark Control sandbox: a GB10, whose memory is the machine's ([N/A] here).
run=${quote(run)}
. "$run/gpu"
query= apps= header=yes units=yes list=
for word in "$@"; do
  case $word in
    --query-gpu=*) query=\${word#*=} ;;
    --query-compute-apps=*) apps=\${word#*=} ;;
    --format=*)
      case $word in *noheader*) header= ;; esac
      case $word in *nounits*) units= ;; esac ;;
    -L | --list-gpus) list=yes ;;
  esac
done
if [ -n "$list" ]; then echo "GPU 0: NVIDIA GB10 (UUID: $gpu_uuid)"; exit 0; fi
unit() { if [ -n "$units" ]; then value="$1 $2"; else value=$1; fi; }
field() {
  case $1 in
    index | count) value=0; [ "$1" = count ] && value=1 ;;
    name | gpu_name) value='NVIDIA GB10' ;;
    uuid | gpu_uuid) value=$gpu_uuid ;;
    driver_version) value=580.95.05 ;;
    compute_cap) value=12.1 ;;
    pci.bus_id | gpu_bus_id) value=0000000F:01:00.0 ;;
    pstate) value=$gpu_pstate ;;
    utilization.gpu) unit "$gpu_utilization" % ;;
    utilization.memory) unit 0 % ;;
    temperature.gpu) value=$gpu_temperature ;;
    power.draw | power.draw.average | power.draw.instant) unit "$gpu_power" W ;;
    clocks.sm | clocks.current.sm | clocks.gr | clocks.current.graphics) unit "$gpu_clock" MHz ;;
    memory.* | power.limit | power.max_limit | fan.speed | temperature.memory | clocks.mem) value='[N/A]' ;;
    clocks_throttle_reasons.active | clocks_event_reasons.active) value=$gpu_slowed ;;
    timestamp) value=$(date '+%Y/%m/%d %H:%M:%S.000') ;;
    *) echo "Field \\"$1\\" is not a valid field to query."; echo; exit 2 ;;
  esac
}
if [ -n "$query" ]; then
  line=
  old=$IFS; IFS=,
  set -f; set -- $query; IFS=$old
  for each in "$@"; do
    field "\${each# }"
    line="$line\${line:+, }$value"
  done
  [ -n "$header" ] && printf '%s\\n' "$query" | sed 's/,/, /g'
  printf '%s\\n' "$line"
  exit 0
fi
if [ -n "$apps" ]; then
  [ -n "$header" ] && printf '%s\\n' "$apps" | sed 's/,/, /g'
  while IFS='|' read -r pid name mib; do
    line=
    old=$IFS; IFS=,
    set -f; set -- $apps; IFS=$old
    for each in "$@"; do
      case \${each# } in
        pid) value=$pid ;;
        process_name | name) value=$name ;;
        used_memory | used_gpu_memory) unit "$mib" MiB ;;
        gpu_uuid) value=$gpu_uuid ;;
        *) value='[N/A]' ;;
      esac
      line="$line\${line:+, }$value"
    done
    printf '%s\\n' "$line"
  done <"$run/gpu-processes"
  exit 0
fi
cat <<END
+-----------------------------------------------------------------------------------------+
| NVIDIA-SMI 580.95.05              Driver Version: 580.95.05      CUDA Version: 13.0     |
+-----------------------------------------+------------------------+----------------------+
| GPU  Name                 Persistence-M | Bus-Id          Disp.A | Volatile Uncorr. ECC |
|   0  NVIDIA GB10                    On  |   0000000F:01:00.0 Off |                  N/A |
| N/A   \${gpu_temperature}C    \${gpu_pstate}             \${gpu_power}W /  N/A  | Not Supported          |    \${gpu_utilization}%      Default |
+-----------------------------------------+------------------------+----------------------+
END
`
}

/** `df -P -k`: the 4 TB disk of a Spark, filled by what the sparse weights say they weigh. */
function dfScript(home: string): string {
  return `#!/bin/sh
# Stand-in of the Spark Control sandbox: its weights are sparse, so the real disk would say nothing.
total=3844509696
used=$(find ${quote(home)} -type f -exec stat -c %s {} + 2> /dev/null |
  awk '{ sum += $1 } END { printf "%.0f", sum / 1024 + 92274688 }')
echo 'Filesystem     1024-blocks      Used Available Capacity Mounted on'
echo "/dev/nvme0n1p2 $total $used $((total - used)) $((used * 100 / total))% /"
`
}

/** `ip -j addr` and the like: the addresses of a Spark, whatever is asked. */
function ipScript(fabric: string): string {
  const link = (index: number, name: string, address: string, prefix: number) => ({
    ifindex: index,
    ifname: name,
    flags:
      name === 'lo' ? ['LOOPBACK', 'UP', 'LOWER_UP'] : ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'],
    mtu: name === 'lo' ? 65536 : name.startsWith('enp1s0f0') ? 9000 : 1500,
    operstate: name === 'lo' ? 'UNKNOWN' : 'UP',
    link_type: name === 'lo' ? 'loopback' : 'ether',
    addr_info: [
      {
        family: 'inet',
        local: address,
        prefixlen: prefix,
        scope: name === 'lo' ? 'host' : 'global',
      },
    ],
  })
  const vpn = fabric.replace(/^.*\./, '10.66.0.')
  const links = [
    link(1, 'lo', '127.0.0.1', 8),
    link(2, 'enp1s0f0np0', fabric, 24),
    link(3, 'wg0', vpn, 24),
  ]
  const plain = links.flatMap((each) =>
    each.addr_info.map(
      (info) => `${each.ifindex}: ${each.ifname}    inet ${info.local}/${info.prefixlen}`,
    ),
  )
  return `#!/bin/sh
# Stand-in of the Spark Control sandbox.
for word in "$@"; do
  case $word in -j | -json | --json | -4j) cat <<'END'
${JSON.stringify(links)}
END
    exit 0 ;;
  esac
done
cat <<'END'
${plain.join('\n')}
END
`
}

/** For systems without coreutils' timeout: SECONDS or Ns/Nm, -k and -s. */
const TIMEOUT = `#!/bin/sh
signal=TERM kill_after=
while :; do
  case $1 in
    -k) kill_after=$2; shift 2 ;;
    -s) signal=$2; shift 2 ;;
    --foreground | --preserve-status) shift ;;
    --) shift; break ;;
    *) break ;;
  esac
done
limit=\${1%s}; shift
case $limit in *m) limit=$((\${limit%m} * 60)) ;; esac
exec 3<&0
"$@" <&3 3<&- & child=$!
(
  sleep "$limit"; kill -s "$signal" "$child" 2>/dev/null || exit
  [ -n "$kill_after" ] && sleep "\${kill_after%s}" && kill -s KILL "$child" 2>/dev/null
) >/dev/null 2>&1 & watch=$!
wait "$child"; code=$?
if kill "$watch" 2>/dev/null; then exit "$code"; else exit 124; fi
`

/** For systems without util-linux' setsid; macOS has perl. */
const SETSID = `#!/bin/sh
while :; do case $1 in -f | --fork) fork=yes; shift ;; -w) shift ;; *) break ;; esac; done
run() { exec perl -e 'use POSIX; POSIX::setsid(); exec { $ARGV[0] } @ARGV' -- "$@"; }
if [ -n "$fork" ]; then run "$@" & else run "$@"; fi
`

/** GNU's `stat [-L] -c` in terms of BSD's, for the formats in use: %s %Y %X %n %i %Z %b. */
const STAT = `#!/bin/sh
follow=
[ "$1" = -L ] && follow=-L && shift
if [ "$1" != -c ]; then exec /usr/bin/stat $follow "$@"; fi
format=$(printf %s "$2" | sed 's/%s/%z/g; s/%Y/%m/g; s/%X/%a/g; s/%n/%N/g; s/%Z/%c/g'); shift 2
exec /usr/bin/stat $follow -f "$format" "$@"
`

function writeProgram(file: string, text: string): void {
  writeFileSync(file, text)
  chmodSync(file, 0o755)
}
