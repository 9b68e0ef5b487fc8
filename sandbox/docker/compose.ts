import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { parse } from 'yaml'
import { BROKEN, versionIn } from '../bot/bot-image.ts'
import type { Cluster, SimHost, Tool, ToolCall } from '../cluster.ts'
import { withTag } from './daemon.ts'
import { parseOptions } from './options.ts'
import { runContainer } from './run.ts'
import { stopContainer } from './stop.ts'

/** The parts of a compose file that are read. */
interface ComposeService {
  image?: string
  build?: string
  container_name?: string
  restart?: string
}
interface Project {
  folder: string
  services: [name: string, service: ComposeService][]
}

const FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml']

/** `docker compose version`, `build` and `up -d`, for services with an image that is built here. */
export const compose: Tool = async (call, host, cluster) => {
  const { args } = call
  const hasFile = args[0] === '-f' || args[0] === '--file'
  const [command = '', ...rest] = hasFile ? args.slice(2) : args
  if (command === 'version') {
    call.out('Docker Compose version v2.39.1\n')
    return 0
  }
  if (command !== 'build' && command !== 'up') {
    call.err(`unknown docker command: "compose ${command}"\n`)
    return 1
  }
  const project = readProject(call, hasFile ? args[1] : undefined)
  if (typeof project === 'number') return project
  return command === 'build'
    ? buildAll(call, host, cluster, project)
    : upAll(call, host, cluster, project, rest)
}

function readProject(call: ToolCall, named: string | undefined): Project | number {
  const file = named ?? FILES.find((name) => existsSync(join(call.cwd, name)))
  if (file === undefined || !existsSync(resolve(call.cwd, file))) {
    call.err(
      file === undefined
        ? 'no configuration file provided: not found\n'
        : `open ${file}: no such file or directory\n`,
    )
    return 1
  }
  const path = resolve(call.cwd, file)
  const { services = {} } = parse(readFileSync(path, 'utf8')) as {
    services?: Record<string, ComposeService>
  }
  return { folder: dirname(path), services: Object.entries(services) }
}

const imageOf = ({ folder }: Project, name: string, service: ComposeService): string =>
  withTag(service.image ?? `${basename(folder)}-${name}`)

/** As BuildKit's plain progress, which is what there is without a terminal. */
async function buildAll(call: ToolCall, host: SimHost, cluster: Cluster, project: Project) {
  for (const [name, service] of project.services) {
    if (service.build === undefined) continue
    const context = resolve(project.folder, service.build)
    const file = join(context, 'Dockerfile')
    if (!existsSync(file)) {
      call.err(
        'failed to solve: failed to read dockerfile: open Dockerfile: no such file or directory\n',
      )
      return 1
    }
    const steps = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => /^(FROM|COPY|RUN)/.test(line))
    const digest = digestOf(context)
    for (const [index, step] of [
      '[internal] load build definition from Dockerfile',
      ...steps,
    ].entries()) {
      call.err(
        `#${index + 1} ${index === 0 ? step : `[${name} ${index}/${steps.length}] ${step}`}\n`,
      )
      await cluster.pace.sleep(1_200, call.signal)
      call.err(`#${index + 1} DONE 1.2s\n`)
    }
    const isBroken = host.faults.current().bot === 'broken'
    if (isBroken) host.faults.end('bot')
    const id = `sha256:${createHash('sha256').update(`${digest} ${isBroken}`).digest('hex')}`
    const image = imageOf(project, name, service)
    const env = { BOT_VERSION: versionIn(context), ...(isBroken && { [BROKEN]: '1' }) }
    const made = {
      id,
      name: image,
      createdAt: new Date().toISOString(),
      sizeBytes: 214_000_000,
      env,
    }
    host.docker.tag(made, image)
    call.err(`#${steps.length + 2} naming to docker.io/library/${image} done\n ${name}  Built\n`)
  }
  return 0
}

/** What a build depends on: the files of its context. */
function digestOf(context: string): string {
  const hash = createHash('sha256')
  for (const entry of readdirSync(context, { withFileTypes: true })) {
    if (entry.isFile()) hash.update(entry.name).update(readFileSync(join(context, entry.name)))
  }
  return hash.digest('hex')
}

async function upAll(
  call: ToolCall,
  host: SimHost,
  cluster: Cluster,
  project: Project,
  words: string[],
): Promise<number> {
  const { flags, unknown } = parseOptions(words, {
    flags: [['detach', 'd'], ['no-build'], ['build'], ['force-recreate']],
    values: [],
  })
  if (unknown) {
    call.err(`${unknown}\n`)
    return 1
  }
  if (flags.has('build')) {
    const status = await buildAll(call, host, cluster, project)
    if (status !== 0) return status
  }
  for (const [name, service] of project.services) {
    const own = service.container_name ?? `${basename(project.folder)}-${name}-1`
    const present = host.docker.find(own)
    if (present?.state === 'running' && !flags.has('force-recreate')) {
      call.err(` Container ${own}  Running\n`)
      continue
    }
    call.err(` Container ${own}  ${present ? 'Recreate' : 'Creating'}\n`)
    if (present) {
      if (!(await stopContainer(present, host, cluster, 10))) return 1
      host.docker.remove(present)
    }
    const image = imageOf(project, name, service)
    const status = await runContainer(
      { ...call, out: () => undefined },
      host,
      cluster,
      {
        ...{ name: own, image, command: [], mounts: [], autoRemoves: false },
        env: host.docker.findImage(image)?.env ?? {},
        labels: { 'com.docker.compose.service': name },
        restartPolicy: service.restart === 'unless-stopped' ? 'unless-stopped' : 'no',
      },
      true,
    )
    if (status !== 0) return status
    call.err(` Container ${own}  Started\n`)
  }
  return 0
}
