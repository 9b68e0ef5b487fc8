import { describe, expect, test } from 'vitest'
import { parseInspected } from './inspect.ts'

const AT = { host: 'spark-1', runtime: 'docker' }
const ID = 'a'.repeat(64)

const container = (name: string, state: object, more: object = {}) => ({
  Id: ID,
  Name: `/${name}`,
  Config: { Image: 'whisper:2' },
  RestartCount: 3,
  State: { Status: 'running', Pid: 42, ExitCode: 0, StartedAt: STARTED, ...state },
  ...more,
})
const STARTED = '2026-03-01T10:00:00.123456789Z'
const records = (said: string, status = 0, more: string[] = []) =>
  [`STATUS\t${status}`, ...said.split('\n').map((line) => `|${line}`), ...more, 'END', ''].join(
    '\n',
  )
const parse = (text: string, ...names: string[]) => parseInspected(text, names, AT)
const json = (...all: object[]) => JSON.stringify(all, null, 4)

describe('a look at containers', () => {
  test('gives each its state, its image and the memory of its processes, GPU included', () => {
    const text = records(json(container('stt', {})), 0, [
      'MEM\t42\t1000',
      `APP\t${ID}\t2`,
      `APP\t${ID}\t1`,
    ])
    expect(parse(text, 'stt')).toEqual([
      {
        ...{ id: ID, image_id: null, name: 'stt', host: 'spark-1', state: 'running', health: null },
        ...{ image: 'whisper:2', started_at: '2026-03-01T10:00:00.123Z', stopped_at: null },
        ...{ exit_code: null, restarts: 3, memory_bytes: 1000 + 3 * 1024 ** 2 },
      },
    ])
  })

  test('tells those that are not there from those that are, whatever else is said', () => {
    const text = records(
      `WARNING: no swap limit\n${json(container('stt', {}))}\nError: No such container: tts`,
      1,
    )
    expect(parse(text, 'tts', 'stt').map(({ name, state }) => [name, state])).toEqual([
      ['tts', 'absent'],
      ['stt', 'running'],
    ])
  })

  test('does not take another container for it whose id begins like its name', () => {
    expect(parse(records(json(container('other', {}))), 'aaaa')[0]?.state).toBe('absent')
  })

  test.each([
    ['running', { Health: { Status: 'healthy' } }, 'running', 'healthy', null],
    ['running', { Healthcheck: { Status: 'unhealthy' } }, 'running', 'unhealthy', null],
    ['running', { Health: { Status: 'none' } }, 'running', null, null],
    ['restarting', {}, 'restarting', null, null],
    ['exited', { ExitCode: 137, Health: { Status: 'unhealthy' } }, 'stopped', null, 137],
    ['created', { StartedAt: '0001-01-01T00:00:00Z' }, 'stopped', null, 0],
  ])('%s %j is %s', (status, more, state, health, code) => {
    const [found] = parse(records(json(container('a', { Status: status, ...more }))), 'a')
    expect(found).toMatchObject({ state, health, exit_code: code })
  })

  test.each([
    [
      'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock',
      'CONTAINERS_DENIED',
    ],
    [
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
      'CONTAINERS_DOWN',
    ],
    ['sh: 1: docker: not found', 'CONTAINERS_MISSING'],
    ['Error response from daemon: something new', 'CONTAINERS_FAILED'],
  ])('that docker refuses with “%s” says so and how to get on', (said, code) => {
    expect(() => parse(records(said, 1), 'a')).toThrow(expect.objectContaining({ code }))
  })

  test('that was cut off is no answer', () => {
    expect(() => parse(records(json(container('a', {}))).replace('END\n', ''), 'a')).toThrow(
      expect.objectContaining({ code: 'CONTAINERS_FAILED' }),
    )
  })
})
