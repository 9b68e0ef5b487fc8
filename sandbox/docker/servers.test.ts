import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestSandbox, type TestSandbox, until } from '../testing/test-sandbox.ts'

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox({ first: 'serving', speed: 200 })
})
afterAll(() => sandbox.close())

const docker = (words: string) => sandbox.ask('spark-2', 'docker', words.split(' '))
const stateOf = async (name: string) => {
  const { out } = await docker(`inspect ${name}`)
  return JSON.parse(out)[0].State as Record<string, unknown> & { Health?: { Status: string } }
}
const get = (path: string) => fetch(`http://127.0.0.1:${sandbox.ports.services.board}${path}`)
const answers = () =>
  get('/health').then(
    (reply) => reply.ok,
    () => false,
  )

describe('a container of a plain server', () => {
  test('runs from the start, healthy, and says that it is simulated', async () => {
    const reply = await get('/health')
    expect(reply.headers.get('x-spark-control-simulated')).toBe('true')
    expect(await reply.json()).toEqual({ status: 'ok' })
    expect(await stateOf('board')).toMatchObject({
      Status: 'running',
      Health: { Status: 'healthy' },
    })
  })

  test('refuses while it is stopped, gives its memory back, and answers once it is started', async () => {
    const files = 'cat $SPARK_PROC/*/cgroup; cat $SPARK_CGROUP/system.slice/*/memory.current'
    expect((await sandbox.run('spark-2', files)).out).toContain(`${180 * 1024 ** 2}\n`)
    expect(await docker('stop -t 5 board')).toMatchObject({ code: 0, out: 'board\n' })
    expect(await stateOf('board')).toMatchObject({ Status: 'exited', ExitCode: 0 })
    expect(await answers()).toBe(false)
    expect((await sandbox.run('spark-2', files)).out).not.toContain(`${180 * 1024 ** 2}\n`)
    expect(await docker('start board')).toMatchObject({ code: 0, out: 'board\n' })
    await until(answers)
  })

  test('has another start time after a restart, and its log goes on', async () => {
    const before = await stateOf('board')
    expect(await docker('restart board')).toMatchObject({ code: 0, out: 'board\n' })
    await until(answers)
    const after = await stateOf('board')
    expect(after).toMatchObject({ Status: 'running' })
    expect(after.StartedAt).not.toBe(before.StartedAt)
    const { out } = await docker('logs board')
    expect(out.match(/listening on port/g)?.length).toBeGreaterThan(1)
  })

  test('comes back by itself when its host restarts', async () => {
    const before = await stateOf('board')
    await fetch(`${sandbox.controlUrl}/faults/spark-2`, {
      method: 'PUT',
      body: '{"host":"reboot"}',
    })
    await until(async () => (await stateOf('board')).StartedAt !== before.StartedAt)
    await until(answers)
  })

  test('is started again, and counted, when it fails while its policy says so', async () => {
    const port = sandbox.ports.services.board
    await docker(`run -d --restart unless-stopped --name second -e PORT=${port} notice-board:1.4`)
    await until(async () => {
      const { out } = await docker('inspect second')
      return JSON.parse(out)[0].RestartCount > 1
    })
    expect((await docker('logs second')).err).toContain(`fatal: port ${port} is in use`)
    await docker('rm -f second')
  })

  test('tells what happens to it as events, one line of JSON each', async () => {
    const words = ['--filter', 'type=container', '--filter', 'container=board', '--format', 'json']
    const following = sandbox.ask('spark-2', 'docker', ['events', ...words])
    await docker('restart -t 1 board')
    await docker('kill board')
    await docker('start board')
    const down = (docker: string | null) =>
      fetch(`${sandbox.controlUrl}/faults/spark-2`, {
        method: 'PUT',
        body: JSON.stringify({ docker }),
      })
    await down('down')
    const { out } = await following
    await down(null)
    const events = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { Action: string; Actor: { Attributes: object } })
    expect(events.map(({ Action }) => Action)).toEqual(
      expect.arrayContaining(['kill', 'die', 'stop', 'start', 'restart']),
    )
    expect(events[0]?.Actor.Attributes).toMatchObject({ name: 'board' })
  })

  test('cannot be started when there is none, as docker says it', async () => {
    const absent = 'Error response from daemon: No such container: nope\n'
    expect(await docker('start nope')).toMatchObject({ code: 1, err: absent })
    expect(await docker('restart nope')).toMatchObject({ code: 1, err: absent })
  })
})
