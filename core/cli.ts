import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import { allowHost, parseMost, parsePort, trustProxy } from './cli-options.ts'
import { asControlError, ControlError } from './errors.ts'
import type { ImportFlags } from './import/import-command.ts'
import { ID_PATTERN } from './topology/schema.ts'
import { VERSION } from './version.ts'

/** The `spark-control` command. Sets process.exitCode: 0 fine, 1 mistakes found, 2 could not run. */
export async function runCli(argv: string[]): Promise<void> {
  const program = new Command('spark-control')
    .description('The control plane for a few GPU boxes. Nothing is installed on them.')
    .version(VERSION)
    .showHelpAfterError()
  program
    .command('start', { isDefault: true })
    .description('start the controller; without a topology, on a simulated cluster')
    .argument('[topology]', 'topology.yaml of the cluster')
    .option('--data <dir>', 'where state is kept', dataFolder())
    .option('--port <port>', 'port to listen on instead of listen.port', parsePort)
    .option('--host <address>', 'address to listen on instead of listen.host')
    .addOption(allowHost())
    .addOption(trustProxy())
    .action(async (topology: string | undefined, options: StartFlags) => {
      const { start } = await import('./start.ts')
      await start({ ...options, ...(topology && { topology: resolve(topology) }) })
    })
  program
    .command('check')
    .description('print every mistake of a topology file; exit 1 if there is one')
    .argument('<file>', 'topology.yaml')
    .option('--json', 'print them for programs', false)
    .action(check)
  program
    .command('doctor')
    .description('check every host and service of a topology, without changing anything')
    .argument('<file>', 'topology.yaml')
    .option('--data <dir>', 'where state is kept', dataFolder())
    .action(doctor)
  program
    .command('discover')
    .description('look at machines, and write a topology for what is found')
    .argument('<machine...>', 'user@address, or user@address:port')
    .option('--trust', 'trust the keys the machines show, once you have compared them', false)
    .option('--write <file>', 'write the topology to a file instead')
    .option('--data <dir>', 'where state is kept', dataFolder())
    .action(discover)
  program
    .command('import')
    .description('write a topology and model settings from the files of the first Spark Control')
    .option('--models <file>', 'its models.yaml')
    .option('--overrides <file>', 'what was changed of it')
    .option('--env <file>', 'its environment, one NAME=value a line')
    .option('--out <file>', 'where the topology goes', 'topology.yaml')
    .option('--data <dir>', 'where state is kept; the settings of models go there', dataFolder())
    .option('--force', 'replace what is there, with a copy of it kept', false)
    .option('--dry-run', 'print what would be written', false)
    .action(importFiles)
  program
    .command('recipe')
    .description('check recipe files and keep them as your own, all or none')
    .argument('<file...>', 'KEY.yaml; one of the same key is replaced')
    .option('--kind <kind>', 'kind of service they are for, where several have recipes')
    .option('--data <dir>', 'where state is kept', dataFolder())
    .action(async (files: string[], flags: { data: string; kind?: string }) => {
      const { importRecipes } = await import('./recipes/import-recipes.ts')
      const { loadCatalog } = await import('./catalog.ts')
      const kinds = [...(await loadCatalog()).kinds.values()]
      process.stdout.write(`${importRecipes(files, { ...flags, kinds }).join('\n')}\n`)
    })
  program
    .command('token')
    .description('make an access token, and print its entry for access.tokens of topology.yaml')
    .argument('<name>', 'whose it is')
    .addOption(
      new Option('--scope <scope>', 'the most it may')
        .choices(['read', 'use', 'operate'])
        .default('operate'),
    )
    .action(printToken)
  program
    .command('knee')
    .description(
      'measure how many requests a service had best be sent at a time, in a quiet window',
    )
    .argument('<service>', 'id of the service')
    .option('--url <url>', 'address of the controller', process.env.SPARK_CONTROL_URL ?? HERE)
    .option('--most <number>', 'the most to try at a time', parseMost)
    .action(knee)
  program
    .command('live-audio')
    .description(
      'try speech end to end: a file through the running controller, who said what printed',
    )
    .argument('<file>', 'a recording, with two or more speakers if they are to be told apart')
    .option('--url <url>', 'where the controller is', 'http://127.0.0.1:9999')
    .option('--model <model>', 'which service, by a model of GET /v1/models')
    .option('--token <token>', 'access token, where the topology asks for one')
    .action(async (file: string, options: { url: string; model?: string; token?: string }) => {
      const { liveAudio } = await import('./live-audio/live-audio.ts')
      const write = (text: string) => void process.stdout.write(text)
      await liveAudio(resolve(file), { ...options, write, now: performance.now.bind(performance) })
    })
  program
    .command('example')
    .description('print a topology.yaml to start from, with every key explained')
    .action(async () => void process.stdout.write(await readExample()))
  program
    .command('schema')
    .description('print the JSON schema editors use to complete and check topology.yaml')
    .option('--write <file>', 'write it to a file instead')
    .action(printSchema)
  try {
    await program.parseAsync(argv)
  } catch (thrown) {
    const error = asControlError(thrown)
    process.stderr.write(`${error.message}\n${error.hint ? `${error.hint}\n` : ''}`)
    process.exitCode = 2
  }
}

/** A controller on this machine, as it listens where nothing else is said. */
const HERE = 'http://127.0.0.1:9999'

export interface StartFlags {
  data: string
  port?: number
  host?: string
  allowHost?: string[]
  trustProxy?: string[]
}

async function check(file: string, { json }: { json: boolean }): Promise<void> {
  const { checkFile } = await import('./check-file.ts')
  const { text, isValid } = await checkFile(resolve(file), await readGiven(file), json)
  process.stdout.write(text)
  if (!isValid) process.exitCode = 1
}

async function doctor(file: string, { data }: { data: string }): Promise<void> {
  const { readTopologyText } = await import('./check-file.ts')
  const { topology, diagnostics, catalog } = await readTopologyText(
    resolve(file),
    await readGiven(file),
  )
  if (!topology) {
    const { formatDiagnostics } = await import('./topology/format.ts')
    process.stdout.write(formatDiagnostics(diagnostics))
    process.exitCode = 1
    return
  }
  const { examine } = await import('./doctor/doctor.ts')
  const { formatFindings } = await import('./doctor/finding.ts')
  const deps = { ...(await looking(data)), kinds: catalog.kinds }
  const findings = await examine(topology, deps)
  process.stdout.write(formatFindings(findings))
  if (findings.some(({ level }) => level === 'bad')) process.exitCode = 1
}

async function discover(
  machines: string[],
  { data, ...flags }: { data: string; trust: boolean; write?: string },
): Promise<void> {
  const { discover: look } = await import('./discover/discover-command.ts')
  const { loadCatalog } = await import('./catalog.ts')
  const kinds = [...(await loadCatalog()).kinds.values()]
  const deps = { ...(await looking(data)), kinds: () => kinds }
  const out = {
    print: (text: string) => void process.stdout.write(text),
    note: (text: string) => void process.stderr.write(text),
  }
  if (!(await look(machines, flags, deps, out))) process.exitCode = 1
}

async function importFiles(flags: ImportFlags): Promise<void> {
  const { importOld } = await import('./import/import-command.ts')
  const out = {
    print: (text: string) => void process.stdout.write(text),
    note: (text: string) => void process.stderr.write(text),
  }
  if (!(await importOld(flags, readGiven, out))) process.exitCode = 1
}

/** What looking at machines takes: the folder with the controller's key, a clock, and no log. */
async function looking(data: string) {
  const { pino } = await import('pino')
  const { systemClock } = await import('./clock.ts')
  return { dataDir: resolve(data), clock: systemClock, log: pino({ level: 'silent' }) }
}

const dataFolder = (): string => process.env.SPARK_CONTROL_DATA ?? 'data'

async function knee(service: string, flags: { url: string; most?: number }): Promise<void> {
  const { measureKnee } = await import('./knee/knee-command.ts')
  const token = process.env.SPARK_CONTROL_TOKEN
  const interrupted = new AbortController()
  process.once('SIGINT', () => interrupted.abort())
  const print = (text: string) => void process.stdout.write(text)
  await measureKnee(service, { ...flags, ...(token && { token }) }, print, interrupted.signal)
}

async function printToken(name: string, { scope }: { scope: string }): Promise<void> {
  if (!new RegExp(ID_PATTERN).test(name))
    throw new ControlError('BAD_REQUEST', `"${name}" cannot be the name of a token`, {
      hint: 'use lower-case letters, digits and "-", the first a letter or digit',
    })
  const { createToken, hashToken } = await import('./access/tokens.ts')
  const token = createToken()
  process.stdout.write(
    `${token}\n\nKeep it; only its hash is stored. Under access.tokens of topology.yaml:\n` +
      `  - { name: ${name}, scope: ${scope}, hash: "${hashToken(token)}" }\n`,
  )
}

function readGiven(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const why: Record<string, string> = {
      ENOENT: 'there is no such file',
      EISDIR: 'it is a folder',
      EACCES: 'this user may not read it',
    }
    throw new ControlError(
      'FILE_UNREADABLE',
      `${file}: ${why[cause.code ?? ''] ?? cause.message}`,
      {
        cause,
      },
    )
  })
}

const readExample = (): Promise<string> =>
  readFile(new URL('../topology.example.yaml', import.meta.url), 'utf8')

async function printSchema({ write }: { write?: string }): Promise<void> {
  const { loadCatalog } = await import('./catalog.ts')
  const { topologyJsonSchema } = await import('./topology/editor-schema.ts')
  const { kindFacts } = await import('./check-file.ts')
  const schema = topologyJsonSchema(kindFacts(await loadCatalog()))
  const text = `${JSON.stringify(schema, null, 2)}\n`
  if (write) await writeFile(write, text)
  else process.stdout.write(text)
}
