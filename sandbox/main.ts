import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { describeProcess, PROCESS_FILE, type ProcessFile } from './process-file.ts'
import { startSandbox } from './start.ts'

const USAGE = `node sandbox/main.ts --data DIR [--speed N] [--authorized-key 'ssh-ed25519 …']… [--seed N]

Runs the simulated cluster until it is sent SIGTERM or SIGINT. Prints one line of JSON when it is
ready: pid, controlUrl, ports, hosts, topologyYaml. See sandbox/README.md.
`
// A sandbox whose controller was killed waits this long for the next one.
const LONELY_MS = 10 * 60 * 1000

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    speed: { type: 'string', default: '1' },
    seed: { type: 'string' },
    'authorized-key': { type: 'string', multiple: true, default: [] },
    parent: { type: 'string' },
    help: { type: 'boolean' },
  },
})
const speed = Number(values.speed)
if (values.help || values.data === undefined || !(speed > 0)) {
  process.stdout.write(USAGE)
  process.exit(values.help ? 0 : 2)
}

const sandbox = await startSandbox({
  dataDir: values.data,
  speed,
  authorizedKeys: values['authorized-key'],
  ...(values.seed === undefined ? {} : { seed: Number(values.seed) }),
}).catch((error: unknown) => {
  process.stderr.write(`sandbox: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})

const folder = join(resolve(values.data), 'sandbox')
const facts: ProcessFile = describeProcess(sandbox, process.pid)
writeFileSync(join(folder, PROCESS_FILE), JSON.stringify(facts))

let isClosing = false
async function end(): Promise<void> {
  if (isClosing) return
  isClosing = true
  await sandbox.close()
  process.exit(0)
}
process.on('SIGTERM', () => void end())
process.on('SIGINT', () => void end())
process.stdout.on('error', () => undefined) // the starter is gone: no reason to end
process.stdout.write(`${JSON.stringify(facts)}\n`)
if (values.parent !== undefined) endWhenLonely(Number(values.parent))

/** Started by a controller: ends when neither that one nor another has come by for a while. */
function endWhenLonely(parent: number): void {
  let lastVisitAt = Date.now()
  const timer = setInterval(() => {
    if (sandbox.visitors() > 0 || process.ppid === parent) lastVisitAt = Date.now()
    if (Date.now() - lastVisitAt > LONELY_MS) void end()
  }, 5000)
  timer.unref()
}
