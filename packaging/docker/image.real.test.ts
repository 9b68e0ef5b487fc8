import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeSlow } from '../../core/testing/real/describe-where.ts'
import { type DockerDaemon, startDockerDaemon } from '../../core/testing/real/docker-daemon.ts'
import { clearFolder, clearLeftovers, makeFolder } from '../../core/testing/real/leftovers.ts'
import { missingParts } from '../../core/testing/real/missing-parts.ts'
import { waitUntil } from '../../core/testing/real/wait-until.ts'
import { shellBlock } from '../../docs/testing/code-blocks.ts'
import { reachRegistry } from '../npm/registry.ts'
import { whyNoDebian } from '../testing/debian-root.ts'
import { makeBaseImages } from './testing/base-images.ts'

const ROOT = join(import.meta.dirname, '../..')
const IMAGE = 'spark-control'
/** Of the container, as the page and compose.yaml call it. */
const NAME = 'spark-control'
const MB = 1_000_000
/** As it is published; what we make of Debian's packages is about as large, but not the same. */
const DEBIAN_SLIM_BYTES = 75 * MB
const run = promisify(execFile)

const COMPOSE = '/usr/bin/docker-compose'
const whyNoCompose = () =>
  existsSync(COMPOSE) ? undefined : `${COMPOSE} is missing (Debian: apt-get install docker-compose)`
const missing = missingParts() ?? whyNoCompose() ?? whyNoDebian() ?? (await reachRegistry())

describeSlow(missing, 'the Docker image', () => {
  let folder: string
  let daemon: DockerDaemon
  const docker = (...args: string[]) => daemon.docker(...args)
  const inspect = async <T>(format: string, name: string, type = 'image'): Promise<T> =>
    JSON.parse(await docker('inspect', `--type=${type}`, `--format={{json ${format}}}`, name))
  const shell = async (script: string, cwd = ROOT): Promise<string> => {
    const env = { ...process.env, DOCKER_HOST: daemon.url, DOCKER_BUILDKIT: '0' }
    return (await run('sh', ['-euc', script], { cwd, env, maxBuffer: 2 ** 26 })).stdout
  }
  const untilHealthy = () =>
    waitUntil(
      async () => (await inspect('.State.Health.Status', NAME, 'container')) === 'healthy',
      {
        withinMs: 90_000,
        otherwise: () =>
          `not healthy: ${execFileSync('docker', ['--host', daemon.url, 'logs', NAME])}`,
      },
    )
  const ask = async (path: string, body?: unknown) => {
    const args = [path, ...(body === undefined ? [] : [JSON.stringify(body)])]
    return JSON.parse(await docker('exec', NAME, 'node', '--eval', ASK, ...args))
  }
  /** By way of the published port. */
  const askFromBeside = async () => {
    const url = 'http://127.0.0.1:9999/healthz'
    const flags = ['--target', `${daemon.pid}`, '--net']
    return JSON.parse((await run('nsenter', [...flags, 'curl', '-sf', url])).stdout)
  }
  const expectLockedIn = async () => {
    expect(await docker('exec', NAME, 'id', '-u')).toBe('1000')
    await expect(docker('exec', NAME, 'touch', '/app/x')).rejects.toThrow('Read-only')
    const status = await docker('exec', NAME, 'cat', '/proc/1/status')
    expect(status).toMatch(/^CapBnd:\s+0+$/m)
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m)
  }
  const expectKept = async (schedule: string) => {
    const kept = await ask(`/api/coordination/schedules/${JSON.parse(schedule).id}`)
    expect([kept.status, kept.text]).toEqual([200, expect.stringContaining('"owner":"nightly"')])
  }

  beforeAll(async () => {
    await clearLeftovers()
    folder = makeFolder()
    daemon = await startDockerDaemon(join(folder, 'docker'))
    const { node, debian } = await makeBaseImages(daemon, folder)
    const values = { NODE_IMAGE: node, DEBIAN_IMAGE: debian }
    const flags = Object.entries(values).flatMap(([key, value]) => [
      '--build-arg',
      `${key}=${value}`,
    ])
    const build = shellBlock('docs/install.md', 'build')
    await shell(build.replace('docker build', `docker build --network host ${flags.join(' ')}`))
    await daemon.close()
    daemon = await startDockerDaemon(join(folder, 'docker'), { isApart: true })
  }, 900_000)
  afterAll(async () => {
    await daemon?.close()
    await clearFolder(folder)
  })

  it('is smaller than 250 MB', async () => {
    const sizeBytes = await inspect<number>('.Size', IMAGE)
    const ownBytes = sizeBytes - (await inspect<number>('.Size', 'debian:local'))
    const published = ownBytes + DEBIAN_SLIM_BYTES
    console.info(
      `image: ${Math.round(sizeBytes / MB)} MB here, ${Math.round(published / MB)} MB on debian:bookworm-slim`,
    )
    expect(Math.max(sizeBytes, published)).toBeLessThan(250 * MB)
  })

  it('has what the npm package has, made a second time, and nothing beside it but packages', async () => {
    const { stdout } = await run(process.execPath, [join(ROOT, 'packaging/npm/build.ts')])
    expect(stdout).toBe('')
    const here = join(ROOT, 'dist/npm')
    const listed = await docker(
      ...['run', '--rm', '--network', 'none', '--entrypoint', '/bin/sh', IMAGE, '-c'],
      "cd /app && find . -type f ! -path './node_modules/*' -exec sha256sum {} +",
    )
    const found = Object.fromEntries(listed.split('\n').map((line) => line.split('  ./').reverse()))
    const expected = Object.fromEntries(digests(here))
    const licence = createHash('sha256')
      .update(readFileSync(join(ROOT, 'LICENSE')))
      .digest('hex')
    expect(found).toEqual({ ...expected, LICENSE: licence })
  }, 120_000)

  it('holds no secret, no test and no history', async () => {
    const command =
      "find /app /data /tmp /root -name '.git*' -o -name '*.test.*' -o -name '.env*' -o -name '.npmrc' -o -name '*.pem' -o -name 'id_*' -o -path '/app/*.map'"
    const listed = await docker(
      'run',
      '--rm',
      '--network',
      'none',
      '--user',
      '0',
      '--entrypoint',
      '/bin/sh',
      IMAGE,
      '-c',
      command,
    )
    expect(
      listed.split('\n').filter((path) => path !== '' && !path.includes('/node_modules/')),
    ).toEqual([])
    expect(await inspect('.Config.Env', IMAGE)).toEqual([
      ...[expect.stringMatching(/^PATH=/), 'NODE_ENV=production', 'SPARK_CONTROL_DATA=/data'],
      'MALLOC_ARENA_MAX=1',
    ])
  })

  it('runs as nobody special on a read-only root, answers at its port, and keeps its data when replaced', async () => {
    const start = async () => {
      const block = shellBlock('docs/install.md', 'docker')
      await shell(block.replace('docker run', 'docker run --health-interval 1s'))
      await untilHealthy()
    }
    await start()
    await expectLockedIn()
    expect(await ask('/')).toEqual({ status: 200, text: expect.stringContaining('/assets/') })
    expect(await askFromBeside()).toMatchObject({ status: 'ok', simulated: true })
    const { status, text } = await ask('/api/coordination/schedules', NEED)
    expect(status).toBe(201)

    await docker('stop', '--time', '20', NAME)
    // killed after the time it would be 137
    expect(await inspect('.State.ExitCode', NAME, 'container')).toBe(0)
    await docker('rm', NAME)
    await start()
    await expectKept(text)

    cpSync(join(ROOT, 'topology.example.yaml'), join(folder, 'topology.yaml'))
    const said = await shell(shellBlock('docs/install.md', 'topology'), folder)
    expect(said).toContain('/data/topology.yaml: fine (2 hosts')
    // not at once: it is just being started again
    const health = () => ask('/healthz').catch(() => ({ text: '' }))
    await waitUntil(async () => (await health()).text.includes('"simulated":false'), {
      ...{ withinMs: 90_000, otherwise: () => 'it goes on with the simulated cluster' },
    })
    await docker('rm', '--force', NAME)
  })

  it('is started by compose.yaml on the same data, and ended by it', async () => {
    const often = join(folder, 'often.yaml')
    writeFileSync(often, 'services: { spark-control: { healthcheck: { interval: 1s } } }')
    const compose = (command: string) =>
      shell(`${COMPOSE} --file compose.yaml --file ${often} ${command}`)
    await compose('up --detach --no-build')
    await untilHealthy()
    await expectLockedIn()
    // the topology that the container run by hand was given
    expect(await askFromBeside()).toMatchObject({ status: 'ok', simulated: false })
    const { text } = await ask('/api/coordination/schedules', NEED)

    await compose('down')
    // what was killed after the time it has would be 137
    const ends = ['--filter', 'event=die', '--format', '{{.Actor.Attributes.exitCode}}']
    // in whole seconds: what happens in this one is told once it is over
    const until = `${Math.ceil(Date.now() / 1000) + 1}`
    const codes = await docker('events', '--since', '5m', '--until', until, ...ends)
    expect(codes.split('\n').at(-1)).toBe('0')
    expect(await docker('ps', '--all', '--quiet')).toBe('')
    await compose('up --detach --no-build')
    await untilHealthy()
    await expectKept(text)
  })
})

const NEED = { owner: 'nightly', cron: '0 3 * * *', duration_s: 60 }

/** Run in the container: asks for a path, with a body if there is a second argument. */
const ASK = `
const [path, body] = process.argv.slice(1)
const headers = { accept: 'text/html, application/json', 'content-type': 'application/json' }
fetch('http://127.0.0.1:9999' + path, { headers, ...(body && { method: 'POST', body }) })
  .then(async (reply) => console.log(JSON.stringify({ status: reply.status, text: await reply.text() })))
`

function digests(root: string): [path: string, sha256: string][] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(root, path)).isFile())
    .map((path) => [
      path,
      createHash('sha256')
        .update(readFileSync(join(root, path)))
        .digest('hex'),
    ])
}
