import { execFile } from 'node:child_process'
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ask } from '../../core/testing/real/ask.ts'
import { describeSlow } from '../../core/testing/real/describe-where.ts'
import { waitUntil } from '../../core/testing/real/wait-until.ts'
import { type SpawnedController, spawnController } from '../../core/testing/spawn-controller.ts'
import type { JobView, ServiceView } from '../../core/views.ts'
import { shellBlock } from '../../docs/testing/code-blocks.ts'
import { reachRegistry } from './registry.ts'
import { JS_PLUGIN, TOPOLOGY, TS_PLUGIN, TSCONFIG } from './testing/plugins.ts'

const ROOT = join(import.meta.dirname, '../..')
const run = promisify(execFile)

describeSlow(await reachRegistry(), 'the npm package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'npm-package-'))
  const installed = join(folder, 'node_modules/spark-control')
  const main = join(installed, 'bin/spark-control.js')
  const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')
  let installation: string
  let packed: { filename: string; size: number; unpackedSize: number; files: { path: string }[] }

  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const node = (...args: string[]) =>
    run(process.execPath, args, { cwd: folder }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
    )
  const start = (...args: string[]): Promise<SpawnedController> => {
    const where = ['--host', '127.0.0.1', '--port', '0']
    const env = { SPARK_CONTROL_SANDBOX_SPEED: '60' }
    return spawnController([...args, ...where], env, [], { main, cwd: folder })
  }

  beforeAll(async () => {
    const pack = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: ROOT })
    packed = JSON.parse(pack.stdout)[0]
    write('package.json', '{ "private": true }')
    // the Node that comes along is 50 MB which this machine has; the launcher's own test hands over to it
    const flags = [
      '--omit=optional',
      '--ignore-scripts',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
    ]
    // in the words of docs/install.md
    const commands = shellBlock('docs/install.md', 'npm')
    const install = `npm install ${flags.join(' ')} ./${packed.filename}`
    const script = commands.replace(/^npm install spark-control$/m, install)
    expect(script).toContain(install)
    installation = (await run('sh', ['-eux', '-c', script], { cwd: folder })).stdout
  }, 600_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))

  it('is small, and holds what it runs and nothing else', () => {
    const { size, unpackedSize, files } = packed
    const mb = (bytes: number) => (bytes / 1e6).toFixed(1)
    console.info(`npm package: ${mb(size)} MB, ${mb(unpackedSize)} MB in ${files.length} files`)
    expect(unpackedSize).toBeLessThan(8e6)
    const paths = files.map(({ path }) => path)
    const kinds = paths.map((path) => path.replace(/^.*?(\.d\.ts|\.\w+)?$/, '$1'))
    const tops = new Set(paths.map((path) => path.split('/').slice(0, 3).join('/')))
    expect([...tops].sort()).toEqual([
      ...['LICENSE', 'README.md', 'bin/spark-control.js', 'dist/npm/core', 'dist/npm/dist'],
      ...[
        'dist/npm/examples',
        'dist/npm/package.json',
        'dist/npm/packaging',
        'dist/npm/plugins',
        'dist/npm/sandbox',
      ],
      ...['dist/npm/topology.example.yaml', 'dist/npm/topology.schema.json', 'package.json'],
    ])
    expect(
      paths.filter((path) =>
        /\.test\.|testing|\.env|\.git|\.tsx?$/.test(path.replace(/\.d\.ts$/, '')),
      ),
    ).toEqual([])
    expect(kinds.filter((kind) => kind === '.map')).toEqual([])
  })

  it('is installed, tried and given a topology by the commands of docs/install.md', () => {
    const { version } = JSON.parse(read('package.json'))
    expect(installation).toContain(`${version}\n`)
    expect(installation).toMatch(/topology\.yaml: fine \(\d+ hosts, \d+ services\)/)
    // the others begin in a folder without one
    rmSync(join(folder, 'topology.yaml'))
  })

  it('has every file that its modules name by their own place', () => {
    const named =
      /new URL\(['"]([^'"]+)['"], import\.meta\.url|moduleBeside\(import\.meta\.url, ['"]([^'"]+)['"]/g
    const tree = join(installed, 'dist/npm')
    const found = globSync('**/*.js', { cwd: tree, exclude: ['dist/**'] }).flatMap((file) => {
      const text = readFileSync(join(tree, file), 'utf8')
      return [...text.matchAll(named)].map(([, name, module]) => {
        return { file, target: join(tree, dirname(file), name ?? `${module}.js`) }
      })
    })
    expect(found.length).toBeGreaterThan(6)
    expect(found.filter(({ target }) => !existsSync(target))).toEqual([])
  })

  it('serves the dashboard and a simulated cluster from an empty folder, and swaps a model', async () => {
    const controller = await start()
    try {
      const page = await (await fetch(controller.url, { headers: { accept: 'text/html' } })).text()
      const [, script = ''] = /src="(\/assets\/[^"]+\.js)"/.exec(page) ?? []
      expect((await fetch(controller.url + script)).status).toBe(200)
      const states = async () => {
        const { body } = await ask<{ services: ServiceView[] }>(controller, '/api/services')
        return body.services
          .filter(({ state }) => state !== 'up')
          .map(({ id, state }) => [id, state])
      }
      await waitUntil(async () => (await states()).length === 0, {
        withinMs: 60_000,
        otherwise: controller.output,
      })
      const text = 'Write to alice@example.org.'
      // by threads of their own, whose modules have to be there
      const scrubbed = await ask<{ text: string; handle: string }>(controller, '/scrub', { text })
      expect(scrubbed.body.text).toMatch(/^Write to \[\[EMAIL\w+\]\]\.$/)
      const restored = await ask(controller, '/rehydrate', {
        ...{ text: scrubbed.body.text, handle: scrubbed.body.handle },
      })
      expect(restored.body).toMatchObject({ text })
      const model = 'nvidia/Gemma-4-26B-A4B-NVFP4'
      const { status, body } = await ask<{ job: JobView }>(controller, '/api/swap', { model })
      expect({ status, body }).toMatchObject({ status: 202 })
      const job = async () =>
        (await ask<JobView>(controller, `/api/jobs/${body.job.id}?wait=30`)).body
      await waitUntil(async () => (await job()).ended_at !== null, {
        withinMs: 90_000,
        otherwise: controller.output,
      })
      expect(await job()).toMatchObject({ state: 'succeeded' })
    } finally {
      await controller.kill('SIGTERM')
    }
  })

  it('tells a typo of a topology by line and column, for programs too', async () => {
    write('topology.yaml', read('topology.example.yaml').replace('user:', 'usr:'))
    const { code, stdout } = await node(main, 'check', '--json', 'topology.yaml')
    expect(code).toBe(1)
    expect(JSON.parse(stdout).diagnostics[0]).toMatchObject({
      code: 'KEY_UNKNOWN',
      ...{ line: expect.any(Number), column: expect.any(Number), hint: 'did you mean "user"?' },
    })
  })

  it('takes over the files of the first Spark Control', async () => {
    write('old.env', 'SPARK1_HOST=192.168.1.101\nSPARK1_USER=alice\nVLLM_PORT=8888\n')
    const { code, stdout } = await node(main, 'import', '--env', 'old.env', '--dry-run')
    expect([code, stdout]).toEqual([0, expect.stringContaining('port: 8888 # VLLM_PORT')])
  })

  it('loads plugins of the adopter in TypeScript and in JavaScript, and types the first', async () => {
    write('words/index.ts', TS_PLUGIN)
    write('lines/index.js', JS_PLUGIN)
    write('topology.yaml', TOPOLOGY)
    write('tsconfig.json', TSCONFIG(join(ROOT, 'node_modules/@types')))
    write('typo/index.ts', TS_PLUGIN.replace("'GET /words': async", "'GET /wrods': async"))
    const { stdout: mistakes } = await node(
      join(ROOT, 'node_modules/typescript/bin/tsc'),
      '-p',
      '.',
    )
    // no word of the types the package brings, nor of the plugin that is right
    expect(mistakes.match(/^\S+?\(/gm)).toEqual(['typo/index.ts('])
    expect(mistakes).toContain("'GET /wrods'")
    const controller = await start('topology.yaml')
    try {
      expect((await ask(controller, '/api/words/words')).body).toEqual({ words: 'hello' })
      expect((await ask(controller, '/api/lines/lines')).body).toEqual({ lines: 3 })
    } finally {
      await controller.kill('SIGTERM')
    }
  })
})
