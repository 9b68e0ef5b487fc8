import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { EventView } from '../../events/event-view.ts'
import type { JobView, PlanView } from '../../views.ts'
import { startTestCluster, type TestCluster } from '../test-cluster.ts'
import { isThorough, thorough } from '../thorough.ts'

/** Says which version it is by its image, as the Dockerfile of a real one would. */
const BUILD = `#!/bin/sh
set -e
if [ -e ../build-waits ]; then while [ ! -e ../build-goes-on ]; do sleep 0.05; done; fi
echo "building $(cat version)"
[ "$(cat version)" != unbuildable ] || { echo 'no such package' >&2; exit 3; }
docker tag "$(cat base)" bot:latest
`
const UP = `#!/bin/sh
set -e
docker rm -f bot > /dev/null 2>&1
if [ "$(cat version)" = broken ]; then
  docker run -d --name bot notice-board:1.4 > /dev/null
else
  docker run -d --name bot bot sleep infinity > /dev/null
fi
echo "up with $(cat version)"
`

let cluster: TestCluster
let home: string
let origin: string
let work: string

const git = (folder: string, ...words: string[]) =>
  execFileSync(
    'git',
    ['-C', folder, '-c', 'user.name=Alice', '-c', 'user.email=a@example.org', ...words],
    {
      encoding: 'utf8',
    },
  ).trim()
const commitOf = (folder: string) => git(folder, 'rev-parse', 'HEAD')

beforeAll(async () => {
  cluster = await startTestCluster({
    topology: (yaml) => `${yaml.replace(/ {2}matrix-bridge:\n( {4}.*\n)+/, '')}  matrix-bridge:
    kind: matrix-bridge
    host: spark-2
    directory: ~/bot
    container: bot
    build: [./build.sh]
    up: [./up.sh]
  off:
    kind: matrix-bridge
    host: spark-2
    user: ''
    container: nobody
`,
  })
  home = cluster.sandbox.hosts.find(({ id }) => id === 'spark-2')?.home ?? ''
  origin = join(home, 'origin')
  work = join(home, 'bot')
  execFileSync('git', ['init', '-q', '-b', 'main', origin])
  publish('first', 'vllm-node')
  execFileSync('git', ['clone', '-q', origin, work])
  execFileSync('./build.sh', { cwd: work, env: onHost() })
  execFileSync('./up.sh', { cwd: work, env: onHost() })
})
afterAll(() => cluster?.close())

const onHost = () => ({ ...process.env, PATH: `${join(home, '..', 'bin')}:${process.env.PATH}` })

/** A new version on the branch that is followed. */
function publish(version: string, base = 'vllm-node-tf5'): string {
  for (const [name, text] of Object.entries({
    ...{ 'build.sh': BUILD, 'up.sh': UP, version, base, 'notes.txt': `${Math.random()}` },
  })) {
    writeFileSync(join(origin, name), text)
    if (name.endsWith('.sh')) chmodSync(join(origin, name), 0o755)
  }
  git(origin, 'add', '-A')
  git(origin, 'commit', '-qm', `version ${version}`)
  return commitOf(origin)
}

const BASE = '/api/matrix-bridge'
const update = (query = '') =>
  cluster.post<{ job: JobView; unchanged?: boolean }>(`${BASE}/update${query}`, {})
const isRunning = () =>
  JSON.parse(
    execFileSync(join(home, '..', 'bin', 'docker'), ['inspect', 'bot'], {
      encoding: 'utf8',
      env: onHost(),
    }),
  )[0] as { Image: string; State: { Status: string } }
const refused = async () => {
  const { body } = await update()
  return (body as unknown as { error: { code: string } }).error.code
}

/** Puts the work tree back to what the branch has, and forgets what a test left behind. */
beforeEach(() => {
  git(work, 'fetch', '-q')
  git(work, 'checkout', '-q', 'main')
  git(work, 'reset', '-q', '--hard', 'origin/main')
})

describe('an update', () => {
  it('shows what is new, does it, and answers that there is nothing to do afterwards', async () => {
    const to = publish('second')
    const { body: plan } = await update('?dry_run=true')
    expect(plan as unknown as PlanView).toMatchObject({
      title: 'Update the Matrix bot to the latest version?',
      consequence: expect.stringContaining('1 change on main, the newest “version second”.'),
      stops: [expect.stringContaining('messages sent meanwhile are answered late')],
    })
    expect(commitOf(work)).not.toBe(to)
    const job = await cluster.ended((await update()).body.job)
    expect(job).toMatchObject({ state: 'succeeded', result: { commit: to } })
    expect(commitOf(work)).toBe(to)
    expect(isRunning().State.Status).toBe('running')
    expect((await update()).body).toMatchObject({ unchanged: true })
    const { body } = await cluster.ask(`${BASE}/version`)
    expect(body).toMatchObject({ version: { commit: to, behind: 0, subject: 'version second' } })
  })

  it.each([
    ['that cannot be built', 'unbuildable', 'building failed'],
    ['that does not stay up', 'broken', 'making sure failed'],
  ])('to a version %s puts the one before back', async (_, version, said) => {
    const before = { commit: commitOf(work), image: isRunning().Image }
    publish(version, 'vllm-node-mxfp4')
    const job = await cluster.ended((await update()).body.job)
    expect(job).toMatchObject({ state: 'failed', error: { code: 'UPDATE_FAILED' } })
    expect(job.error?.message).toContain(said)
    expect(commitOf(work)).toBe(before.commit)
    expect(isRunning()).toMatchObject({ Image: before.image, State: { Status: 'running' } })
    publish('mended')
  })

  it.each([
    ['an edit', 'UPDATE_DIRTY', () => writeFileSync(join(work, 'version'), 'edited')],
    [
      'another branch',
      'UPDATE_WRONG_BRANCH',
      () => void git(work, 'checkout', '-qb', `b${Date.now()}`),
    ],
    [
      'a commit of its own',
      'UPDATE_DIVERGED',
      () => void git(work, 'commit', '-q', '--allow-empty', '-m', 'own'),
    ],
  ])('of a work tree with %s is refused (%s), and nothing is done', async (_, code, prepare) => {
    publish('more')
    prepare()
    const before = commitOf(work)
    expect(await refused()).toBe(code)
    expect(commitOf(work)).toBe(before)
  })

  it('is refused where docker may not be used, and where the branch cannot be fetched', async () => {
    await cluster.setFaults('spark-2', { docker: 'denied' })
    expect(await refused()).toBe('CONTAINERS_DENIED')
    await cluster.setFaults('spark-2', {})
    git(work, 'remote', 'set-url', 'origin', join(home, 'nowhere'))
    expect(await refused()).toBe('UPDATE_FETCH_FAILED')
    git(work, 'remote', 'set-url', 'origin', origin)
  })
})

describe('a controller killed in the middle of an update', () => {
  const killedIn = async (phase: string, version: string): Promise<JobView> => {
    publish(version)
    const events = await cluster.events()
    const { job } = (await update()).body
    const isThere = (event: EventView) =>
      event.type === 'job' && event.job.id === job.id && event.job.phase === phase
    await events.find(isThere)
    await cluster.kill()
    await cluster.restart()
    return cluster.ended(job)
  }

  const phases = [
    ...['replacing the container', 'building', 'updating the source', 'making sure', 'looking'],
  ]
  it.each(phases.slice(0, thorough(phases.length, 1)))(
    'while %s: the next one brings it to its end',
    async (phase) => {
      const job = await killedIn(phase, `killed while ${phase}`)
      expect(job).toMatchObject({ state: 'succeeded' })
      expect(commitOf(work)).toBe(commitOf(origin))
      expect(isRunning().State.Status).toBe('running')
    },
  )

  it.runIf(isThorough)('while putting the version before back: it is put back', async () => {
    const before = { commit: commitOf(work), image: isRunning().Image }
    const job = await killedIn('putting the version before back', 'broken')
    expect(job).toMatchObject({ state: 'failed', error: { code: 'UPDATE_FAILED' } })
    expect(commitOf(work)).toBe(before.commit)
    expect(isRunning()).toMatchObject({ Image: before.image, State: { Status: 'running' } })
    publish('mended')
  })
})

describe('a cancelled update', () => {
  it('leaves commit, image and container as they were', async () => {
    const before = { commit: commitOf(work), image: isRunning().Image }
    publish('never')
    writeFileSync(join(home, 'build-waits'), '')
    const events = await cluster.events()
    const { job } = (await update()).body
    await events.find(
      (event) => event.type === 'job' && event.job.id === job.id && event.job.phase === 'building',
    )
    await cluster.post(`/api/jobs/${job.id}/cancel`, {})
    expect(await cluster.ended(job)).toMatchObject({ state: 'cancelled' })
    expect(commitOf(work)).toBe(before.commit)
    expect(isRunning()).toMatchObject({ Image: before.image, State: { Status: 'running' } })
    writeFileSync(join(home, 'build-goes-on'), '')
    expect(existsSync(join(home, 'build-waits'))).toBe(true)
    expect(readFileSync(join(work, 'version'), 'utf8')).not.toBe('never')
  })
})

describe('a bot that is not set up', () => {
  it('is left out of the dashboard, and says what lacks', async () => {
    const { body } = await cluster.ask('/api/services/off')
    expect(body).toMatchObject({ is_hidden: true, state: 'idle' })
    const refusal = await cluster.post('/api/off/update', {})
    expect(refusal).toMatchObject({
      status: 409,
      body: { error: { code: 'MATRIX_BRIDGE_NOT_SET_UP' } },
    })
  })
})
