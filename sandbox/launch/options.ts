/** The command line of launch-cluster.sh, read. */
export interface LaunchOptions {
  nodes?: string
  image: string
  name: string
  env: string[]
  volumes: string[]
  mods: string[]
  isSolo: boolean
  isDaemon: boolean
  ray?: 'ray' | 'no-ray'
  checksConfig: boolean
  mountsCaches: boolean
  masterPort: string
  launchScript?: string
  configFile?: string
  action: '' | 'start' | 'stop' | 'status' | 'exec'
  command: string[]
}

/** Why the command line was refused; `withUsage` when the help follows. */
export interface LaunchRefusal {
  message?: string
  withUsage: boolean
}

const TAKES_VALUE = new Set(
  `--eth-if --ib-if -j -p --publish --earlyoom-args --mem-limit-gb --mem-swap-limit-gb --pids-limit
  --shm-size-gb --apply-vllm-pr`.split(/\s+/),
)
const SWITCHES = new Set(
  '--keep-entrypoint --earlyoom --non-privileged --setup --discover'.split(' '),
)

/** Reads the words as the script does: options first, all words behind `exec` are the command. */
export function parseLaunch(words: readonly string[]): LaunchOptions | LaunchRefusal {
  const options: LaunchOptions = {
    image: 'vllm-node',
    name: 'vllm_node',
    env: [],
    volumes: [],
    mods: [],
    isSolo: false,
    isDaemon: false,
    checksConfig: false,
    mountsCaches: true,
    masterPort: '29501',
    action: '',
    command: [],
  }
  const queue = [...words]
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    const refusal = takeWord(options, word, queue)
    if (refusal) return refusal
    if (options.action === 'exec') break
  }
  return options
}

function takeWord(
  options: LaunchOptions,
  word: string,
  queue: string[],
): LaunchRefusal | undefined {
  const value = () => queue.shift() ?? ''
  switch (word) {
    case '-h':
    case '--help':
      return { withUsage: true }
    case '-n':
    case '--nodes':
      options.nodes = value()
      return
    case '-t':
      options.image = value()
      return
    case '--name':
      options.name = value()
      return
    case '-e':
    case '--env':
      options.env.push(value())
      return
    case '-v':
    case '--volume':
      options.volumes.push(value())
      return
    case '--apply-mod':
      options.mods.push(value())
      return
    case '--launch-script':
      options.launchScript = value()
      return
    case '--config':
      options.configFile = value()
      return
    case '--master-port':
    case '--head-port':
      options.masterPort = value()
      return
    case '--solo':
      options.isSolo = true
      return
    case '-d':
      options.isDaemon = true
      return
    case '--check-config':
      options.checksConfig = true
      return
    case '--no-cache-dirs':
      options.mountsCaches = false
      return
    default:
      return takeRare(options, word, queue)
  }
}

function takeRare(
  options: LaunchOptions,
  word: string,
  queue: string[],
): LaunchRefusal | undefined {
  if (word === '--ray' || word === '--no-ray') {
    const ray = word === '--ray' ? 'ray' : 'no-ray'
    if (options.ray && options.ray !== ray) {
      return { message: 'Error: --ray and --no-ray are mutually exclusive.', withUsage: false }
    }
    options.ray = ray
  } else if (word === '--nccl-debug') {
    const level = /^(VERSION|WARN|INFO|TRACE)$/.test(queue[0] ?? '') ? queue.shift() : 'INFO'
    options.env.push(`NCCL_DEBUG=${level}`)
  } else if (['start', 'stop', 'status', 'exec'].includes(word)) {
    if (options.launchScript !== undefined) {
      return {
        message: `Error: Action '${word}' is not compatible with --launch-script. Please omit the action or not use --launch-script.`,
        withUsage: false,
      }
    }
    options.action = word as LaunchOptions['action']
    if (word === 'exec') options.command = queue.splice(0)
  } else if (/^(-v|--volume)=/.test(word)) {
    options.volumes.push(word.slice(word.indexOf('=') + 1))
  } else if (TAKES_VALUE.has(word)) queue.shift()
  else if (!SWITCHES.has(word) && !/^(-p|--publish|--earlyoom-args)=/.test(word)) {
    return { message: `Error: Unknown argument or action: ${word}`, withUsage: true }
  }
  return undefined
}

/** What `--help` prints: every flag of the real script, in our words. */
export const USAGE = `Usage: ./launch-cluster.sh [-n <node_ips>] [-t <image_name>] [--name <container_name>] [--eth-if <if_name>] [--ib-if <if_name>] [--nccl-debug <level>] [--check-config] [--solo] [--ray|--no-ray] [-p <host:container>] [-v <local:container>] [-d] [action] [command]
  (stand-in of the Spark Control sandbox)
  -n, --nodes        node IPs, comma-separated, head first
  -t                 docker image (default: vllm-node)
  --name             container name (default: vllm_node)
  --eth-if, --ib-if  network interfaces
  -e, --env          environment variable for the container
  -j                 parallel build jobs
  --nccl-debug       VERSION, WARN, INFO or TRACE
  --apply-mod        directory or zip with a run.sh
  --apply-vllm-pr    vLLM pull request to apply
  --launch-script    script to run in the container
  --check-config     print the configuration and leave
  --solo             this node only, no detection, no Ray
  --master-port      port of the coordination (default: 29501)
  -p, --publish      publish a port (solo only)
  -v, --volume       mount a volume
  --ray              multi-node by Ray
  --no-ray           multi-node without Ray (default)
  --no-cache-dirs    do not mount the cache directories
  --keep-entrypoint  keep the entrypoint of the image
  --earlyoom         earlyoom in place of sleep infinity
  --earlyoom-args    its arguments
  -d                 daemon mode
  --non-privileged   without --privileged, with --mem-limit-gb, --mem-swap-limit-gb, --pids-limit, --shm-size-gb
  --config           .env file to use
  --setup/--discover detect and save the configuration
  action             start | stop | status | exec
`
