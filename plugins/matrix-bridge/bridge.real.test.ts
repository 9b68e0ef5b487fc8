import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ConnectivityView } from '../../core/connectivity/history.ts'
import type { EventView } from '../../core/events/event-view.ts'
import { keepKeyPair } from '../../core/hosts/key-pair.ts'
import { type EventReader, readEvents } from '../../core/testing/event-reader.ts'
import { ask, trust } from '../../core/testing/real/ask.ts'
import {
  missingParts,
  type RealCluster,
  type RealHost,
  startRealCluster,
} from '../../core/testing/real/cluster.ts'
import { describeWhere } from '../../core/testing/real/describe-where.ts'
import { isPresent } from '../../core/testing/real/is-present.ts'
import { waitUntil } from '../../core/testing/real/wait-until.ts'
import { type SpawnedController, spawnController } from '../../core/testing/spawn-controller.ts'
import { thorough } from '../../core/testing/thorough.ts'
import type { JobView } from '../../core/views.ts'

const IMAGE = { tag: 'base', copies: {}, programs: {} }
const DOCKERFILE = `FROM base
COPY version bot.sh /
CMD ["sh", "/bot.sh"]
`
const BOT = `echo "bot of $(cat /version)"
[ "$(cat /version)" != broken ] || exit 7
trap 'exit 0' TERM
sleep 1000000 &
wait
`
const UP = `#!/bin/sh
docker rm -f bot > /dev/null 2>&1
exec docker run -d --network none --name bot bot
`
const COMPOSE = `services:
  bot:
    build: { context: ., network: none }
    image: composed
    container_name: composed
    network_mode: none
`

const git = (folder: string, ...words: string[]) => {
  const who = ['-c', 'user.name=Alice', '-c', 'user.email=alice@example.org']
  return execFileSync('git', ['-C', folder, ...who, ...words], { encoding: 'utf8' }).trim()
}
const commitOf = (folder: string) => git(folder, 'rev-parse', 'HEAD')

describeWhere(missingParts(), 'a bot in a real container, from a real repository', () => {
  let dataDir: string
  let cluster: RealCluster
  let controller: SpawnedController
  let host: RealHost
  let origin: string
  let work: string
  let start: () => Promise<SpawnedController>

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'bridge-real-'))
    const { publicKey } = keepKeyPair(dataDir)
    cluster = await startRealCluster({ authorizedKeys: [publicKey], image: IMAGE })
    host = cluster.hosts[0]
    origin = join(dataDir, 'origin')
    work = join(host.home, 'bot')
    execFileSync('git', ['init', '-q', '-b', 'main', origin])
    publish('first')
    for (const name of ['bot', 'composed'])
      execFileSync('git', ['clone', '-q', origin, join(host.home, name)])
    await host.docker('build', '--network', 'none', '-t', 'bot', work)
    await host.docker('run', '-d', '--network', 'none', '--name', 'bot', 'bot')
    const file = join(dataDir, 'topology.yaml')
    writeFileSync(file, topologyOf(host))
    const args = [file, '--data', dataDir, '--host', '127.0.0.1', '--port', '0']
    start = () => spawnController(args)
    controller = await start()
    await trust(controller, host)
  })
  afterAll(async () => {
    await controller?.kill('SIGTERM')
    await cluster?.close()
    if (dataDir) rmSync(dataDir, { recursive: true, force: true })
  })

  function publish(version: string): void {
    const files = {
      Dockerfile: DOCKERFILE,
      'bot.sh': BOT,
      'up.sh': UP,
      'compose.yaml': COMPOSE,
      version,
    }
    for (const [name, text] of Object.entries(files)) writeFileSync(join(origin, name), text)
    chmodSync(join(origin, 'up.sh'), 0o755)
    git(origin, 'add', '-A')
    git(origin, 'commit', '-q', '--allow-empty', '-m', `version ${version}`)
  }
  const events = (): Promise<EventReader<EventView>> => readEvents(`${controller.url}/api/events`)
  const update = async (service = 'matrix-bridge'): Promise<JobView> => {
    const { body } = await ask<{ job: JobView }>(controller, `/api/${service}/update`, {})
    return body.job
  }
  const ended = async ({ id }: JobView): Promise<JobView> => {
    for (;;) {
      const { body } = await ask<JobView>(controller, `/api/jobs/${id}?wait=60`)
      if (body.ended_at !== null) return body
    }
  }
  const runs = (bot = 'bot') => host.docker('inspect', '-f', '{{.State.Status}} {{.Image}}', bot)
  const says = (bot = 'bot') => host.docker('logs', '--tail', '1', bot)
  const logged = async (since: string) => {
    const of = `subject=container:${host.id}/bot&from=${since}`
    const { body } = await ask<{ changes: ConnectivityView[] }>(
      controller,
      `/api/connectivity?${of}`,
    )
    return body.changes.reverse()
  }

  it('that is restarted by hand within a moment is seen to go and to come, and it is in the log', async () => {
    await waitUntil(
      async () => {
        const { body } = await ask<{ state: string }>(controller, '/api/services/matrix-bridge')
        return body.state === 'up'
      },
      { withinMs: 20_000, otherwise: () => 'it was never up' },
    )
    const seen = await events()
    const change = (from: string, to: string) => (event: EventView) =>
      event.type === 'container-changed' && event.change.from === from && event.change.to === to
    const since = new Date().toISOString()
    await host.docker('restart', 'bot')
    await seen.find(change('running', 'stopped'))
    await seen.find(change('stopped', 'running'))
    seen.close()
    const [went, came, ...more] = await logged(since)
    expect([went, came, more]).toMatchObject([
      { from: 'running', to: 'stopped' },
      { from: 'stopped', to: 'running' },
      [],
    ])
    const awayMs = Date.parse(came?.at ?? '') - Date.parse(went?.at ?? '')
    console.log(`docker restart: away for ${awayMs} ms by the connectivity log`)
  })

  it('is updated, and runs what was built', async () => {
    publish('second')
    const job = await ended(await update())
    expect(job).toMatchObject({ state: 'succeeded', result: { commit: commitOf(origin) } })
    expect(commitOf(work)).toBe(commitOf(origin))
    expect(await says()).toBe('bot of second')
  })

  it('whose new version falls over is put back, image and commit', async () => {
    const before = { runs: await runs(), commit: commitOf(work) }
    publish('broken')
    const job = await ended(await update())
    expect(job).toMatchObject({ state: 'failed', error: { code: 'UPDATE_FAILED' } })
    expect(job.error?.log_tail).toContain('bot of broken')
    expect({ runs: await runs(), commit: commitOf(work) }).toEqual(before)
    expect(await says()).toBe('bot of second')
  })

  it.runIf(isPresent('docker-compose'))(
    'is built, replaced and put back by docker-compose where there is no plugin of docker',
    async () => {
      publish('composed')
      const commit = commitOf(origin)
      const first = await ended(await update('composed'))
      expect(first).toMatchObject({ state: 'succeeded', result: { commit } })
      const image = await runs('composed')
      publish('broken')
      const second = await ended(await update('composed'))
      expect(second).toMatchObject({ state: 'failed', error: { code: 'UPDATE_FAILED' } })
      expect(await runs('composed')).toBe(image)
      expect(await says('composed')).toBe('bot of composed')
      expect(commitOf(join(host.home, 'composed'))).toBe(commit)
    },
  )

  const phases = ['replacing the container', 'building', 'updating the source', 'making sure']
  it.each(phases.slice(0, thorough(phases.length, 1)))(
    'is updated by the next controller when one is killed while %s',
    async (phase) => {
      publish(`after ${phase}`)
      const seen = await events()
      const job = await update()
      await seen.find(
        (event) => event.type === 'job' && event.job.id === job.id && event.job.phase === phase,
      )
      await controller.kill('SIGKILL')
      controller = await start()
      expect(await ended(job)).toMatchObject({ state: 'succeeded' })
      expect(commitOf(work)).toBe(commitOf(origin))
      expect(await says()).toBe(`bot of after ${phase}`)
    },
  )

  it('is not updated when the git server refuses the key, and says what usually lacks', async () => {
    const other = cluster.hosts[1]
    const server = `ssh://nobody@${other.address}:${other.sshPort}/bot.git`
    git(work, 'remote', 'set-url', 'origin', server)
    const { status, body } = await ask<{ error: { code: string; hint: string } }>(
      controller,
      '/api/matrix-bridge/update',
      {},
    )
    expect(status).toBe(502)
    expect(body.error).toMatchObject({
      code: 'UPDATE_KEY_REFUSED',
      hint: expect.stringContaining('IdentitiesOnly yes'),
    })
    expect(await runs()).toContain('running')
  })
})

const topologyOf = ({ id, address, user, sshPort }: RealHost): string => `cluster: real
hosts:
  ${id}: { address: ${address}, user: ${user}, ssh: { port: ${sshPort} } }
services:
  matrix-bridge:
    kind: matrix-bridge
    host: ${id}
    user: ${user}
    directory: ~/bot
    container: bot
    build: [docker, build, --network, none, -t, bot, .]
    up: [./up.sh]
  composed:
    kind: matrix-bridge
    host: ${id}
    user: ${user}
    directory: ~/composed
    container: composed
`
