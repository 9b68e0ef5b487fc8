import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestSandbox, type TestSandbox, until } from '../testing/test-sandbox.ts'

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox({ first: 'nothing' })
  await sandbox.run(
    'spark-1',
    'docker run -d --rm --network host --name first vllm-node sleep infinity',
  )
})
afterAll(() => sandbox.close())

const absent = (name: string) => `Error response from daemon: No such container: ${name}\n`

// What docker 28 printed for the same words.
const REFUSED: [command: string, code: number, out: string, err: string][] = [
  ['docker rm -f nope', 0, '', absent('nope')],
  ['docker rm nope', 1, '', absent('nope')],
  ['docker stop nope', 1, '', absent('nope')],
  ['docker logs nope', 1, '', absent('nope')],
  ['docker top nope', 1, '', absent('nope')],
  ['docker exec nope ls', 1, '', absent('nope')],
  ['docker wait nope', 1, '', absent('nope')],
  ['docker inspect nope', 1, '[]\n', 'Error: No such object: nope\n'],
  ["docker inspect nope --format '{{json .State}}'", 1, '\n', 'Error: No such object: nope\n'],
  ['docker container inspect nope', 1, '[]\n', absent('nope')],
  [
    "docker image inspect nope --format '{{.Id}}'",
    1,
    '\n',
    'Error response from daemon: no such image: nope: No such image: nope:latest\n',
  ],
  [
    'docker kill nope',
    1,
    '',
    'Error response from daemon: Cannot kill container: nope: No such container: nope\n',
  ],
  [
    "docker inspect first --format '{{.State.Health.Status}}'",
    1,
    '\n',
    'template parsing error: template: :1:8: executing "" at <.State.Health.Status>: map has no entry for key "Health"\n',
  ],
  [
    "docker inspect first --format '{{nope .Id}}'",
    64,
    '',
    'template parsing error: template: :1: function "nope" not defined\n',
  ],
  [
    'docker ps --bogus',
    125,
    '',
    "unknown flag: --bogus\n\nUsage:  docker ps [OPTIONS]\n\nRun 'docker ps --help' for more information\n",
  ],
  [
    'docker logs --since bogus first',
    1,
    '',
    'invalid value for "since": failed to parse value as time or duration: "bogus"\n',
  ],
]

test.each(REFUSED)('%s is answered like docker does', async (command, code, out, err) => {
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map((each) => each[1] ?? each[2] ?? '')
  expect(await sandbox.ask('spark-1', 'docker', words.slice(1))).toMatchObject({ code, out, err })
})

test('a container is listed, inspected and topped in docker’s formats', async () => {
  const { out } = await sandbox.run(
    'spark-1',
    `docker ps -a --no-trunc --filter name=^/first$ --format '{{json .}}'
docker ps -aq --filter name=^/firs$
docker inspect first --format '{{json .State}}'
docker inspect first --format '{{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}'
docker inspect first --format '{{.Id}} {{.Image}} {{.Config.Image}}'
docker top first -eo pid,args
docker image inspect vllm-node --format '{{.Id}} {{.Created}} {{.Size}}'`,
  )
  const [listed = '', state = '', health, ids = '', head, process, image] = out.split('\n')
  const row = JSON.parse(listed)
  expect(row).toMatchObject({ Names: 'first', Image: 'vllm-node', State: 'running' })
  expect(row.ID).toMatch(/^[0-9a-f]{64}$/)
  expect(JSON.parse(state)).toMatchObject({ Status: 'running', Running: true, ExitCode: 0 })
  expect(health).toBe('none')
  expect(ids.split(' ')).toEqual([
    row.ID,
    expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    'vllm-node',
  ])
  expect(head).toBe('PID                 COMMAND')
  expect(process).toMatch(/^\d{7} {13}sleep infinity$/)
  expect(image).toMatch(/^sha256:[0-9a-f]{64} \S+ \d+$/)
})

test('a name in use, a missing image and a bad name are refused with 125', async () => {
  const run = (words: string) =>
    sandbox.run('spark-1', `docker run -d --rm ${words} sleep infinity`)
  const [taken, missing, bad] = await Promise.all([
    run('--name first vllm-node'),
    run('--name x1 nothing:here'),
    run('--name x vllm-node'),
  ])
  expect(taken).toMatchObject({ code: 125, out: '' })
  expect(taken.err).toContain('The container name "/first" is already in use by container "')
  expect(missing).toMatchObject({ code: 125, out: '' })
  expect(missing.err).toContain("Unable to find image 'nothing:here' locally")
  expect(bad.err).toContain('Invalid container name (x)')
})

test('stop takes the whole grace time, then the name is free a moment later', async () => {
  await sandbox.run('spark-2', 'docker run -d --rm --name gone vllm-node sleep infinity')
  const stopped = await sandbox.run('spark-2', 'docker stop -t 15 gone')
  expect(stopped).toMatchObject({ code: 0, out: 'gone\n' })
  await until(async () => {
    const { out } = await sandbox.run('spark-2', 'docker ps -aq --filter name=^/gone$')
    return out === '' ? true : undefined
  })
})

test('a container with --rm outlives a restart, and is destroyed once', async () => {
  const ask = (words: string) => sandbox.ask('spark-1', 'docker', words.split(' '))
  await ask('run -d --rm --name again vllm-node sleep infinity')
  const following = ask('events --filter container=again --format {{.Action}}')
  await ask('restart -t 0 again')
  await ask('run -d --name later vllm-node sleep infinity') // takes longer than --rm does
  expect((await ask('inspect again --format {{.State.Status}}')).out).toBe('running\n')
  await ask('rm -f again')
  await ask('rm -f later')
  await ask('run -d --name later vllm-node sleep infinity')
  await ask('rm -f later')
  await sandbox.setFaults('spark-1', { docker: 'down' })
  const { out } = await following
  await sandbox.setFaults('spark-1', {})
  expect(out.match(/destroy/g)).toHaveLength(1)
})

test('a container without --rm stays as exited, with its logs', async () => {
  const { out } = await sandbox.run(
    'spark-2',
    `docker run -d --name kept vllm-node sleep infinity >/dev/null; docker kill kept
docker inspect kept --format '{{.State.Status}} {{.State.ExitCode}}'
docker top kept; docker logs kept; docker rm kept`,
  )
  expect(out).toBe('kept\nexited 137\nkept\n')
})

test('files of the cache are deleted by a container that runs rm, and nothing outside of it', async () => {
  const home = sandbox.hosts[0]?.home ?? ''
  const hub = `${home}/.cache/huggingface/hub`
  mkdirSync(`${hub}/models--acme--old`, { recursive: true })
  writeFileSync(`${home}/keep`, '')
  const rm = (mount: string, path: string) =>
    sandbox.run('spark-1', `docker run --rm --entrypoint rm -v ${mount} vllm-node -rf -- ${path}`)
  expect((await rm(`${hub}:/h`, '/h/models--acme--old')).code).toBe(0)
  expect(existsSync(`${hub}/models--acme--old`)).toBe(false)
  await rm(`${hub}:/h`, '/h/../../../keep')
  expect((await rm(`${hub}:/h:ro`, '/h/CACHEDIR.TAG')).err).toContain('Read-only')
  expect((await rm(`${sandbox.dataDir}:/h`, '/h/sandbox')).err).toContain('Permission denied')
  expect(existsSync(`${home}/keep`)).toBe(true)
})

test('a daemon that is down and one that is forbidden are told apart', async () => {
  await sandbox.setFaults('spark-2', { docker: 'down' })
  expect(await sandbox.run('spark-2', 'docker ps')).toMatchObject({
    code: 1,
    err: expect.stringContaining('Cannot connect to the Docker daemon'),
  })
  await sandbox.setFaults('spark-2', { docker: 'denied' })
  expect(await sandbox.run('spark-2', 'docker ps')).toMatchObject({
    code: 1,
    err: expect.stringContaining('permission denied'),
  })
  await sandbox.setFaults('spark-2', {})
})
