import { describe, expect, it } from 'vitest'
import { parseMetrics } from '../metrics/engine-metrics.ts'
import { judgeEngine } from '../probe.ts'
import { judgeLaunch } from './cluster-launcher.ts'
import { parseLook } from './container.ts'

const AT = { host: 'spark-1', runtime: 'docker' }
const MEM = 'MEM\tMemTotal:\t127600000\nMEM\tMemFree:\t1000\nMEM\tMemAvailable:\t2000\n'
const look = (body: string) => parseLook(`${MEM}${body}END\n`, AT)
const inspect = (state: object) =>
  `INSPECT\t0\n|[\n|{"Id":"abc","Config":{"Image":"vllm-node"},\n|"State":${JSON.stringify(state)}}]\n`
const top = (...rows: string[]) =>
  `TOP\t0\n${['PID   COMMAND', ...rows].map((row) => `|${row}\n`).join('')}`

describe('a look at a container', () => {
  it('tells a serving engine from one that has ended', () => {
    const running = { Running: true, StartedAt: '2026-11-24T02:00:00.5Z' }
    const serving = look(
      inspect(running) +
        top(
          '1   sleep infinity',
          '77   /usr/bin/python3 /usr/local/bin/vllm serve Org/M -tp 1',
          '99   VLLM::EngineCore',
        ),
    )
    expect(serving).toMatchObject({
      state: 'running',
      id: 'abc',
      image: 'vllm-node',
      startedAt: '2026-11-24T02:00:00.5Z',
    })
    expect(serving.state !== 'absent' && serving.engines).toHaveLength(2)
    expect(serving.memory?.availableBytes).toBe(2000 * 1024)
    const ended = look(inspect(running) + top('1   sleep infinity'))
    expect(ended.state === 'running' && ended.engines).toEqual([])
  })

  it('the zero date means it never started', () => {
    const seen = look(inspect({ Running: false, StartedAt: '0001-01-01T00:00:00Z', ExitCode: 137 }))
    expect(seen).toMatchObject({ state: 'stopped', startedAt: null, exitCode: 137 })
  })

  it.each([
    'Error: No such object: vllm_node',
    'Error response from daemon: No such container: vllm_node',
  ])('%s is absent', (said) => expect(look(`INSPECT\t1\n|${said}\n`).state).toBe('absent'))

  it.each([
    [
      'permission denied while trying to connect to the docker API at unix:///var/run/docker.sock',
      /docker group/,
    ],
    [
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.',
      /systemctl start docker/,
    ],
    ['sh: docker: not found', /install docker/],
  ])('%s is an error with a way out, never "absent"', (said, hint) => {
    expect(() => look(`INSPECT\t1\n|${said}\n`)).toThrow(
      expect.objectContaining({ code: 'CONTAINER_RUNTIME', hint: expect.stringMatching(hint) }),
    )
  })

  it('an answer cut short is no answer', () => {
    expect(() => parseLook(`${MEM}INSPECT\t1\n|Error: No such object`, AT)).toThrow(
      /no whole answer/,
    )
  })

  it.each([
    ['absent', { state: 'absent', memory: null } as const, 'idle'],
    ['loading', { state: 'running', engines: ['vllm serve x'] } as const, 'starting'],
    ['crashed', { state: 'running', engines: [] } as const, 'down'],
    ['stopped', { state: 'stopped', engines: [] } as const, 'down'],
  ])('a port that refuses with a container %s is %j', (_, found, state) => {
    const base = {
      id: 'a',
      image: 'b',
      startedAt: null,
      exitCode: 1,
      isOomKilled: false,
      memory: null,
    }
    expect(
      judgeEngine({ ...base, ...found } as Parameters<typeof judgeEngine>[0], 'vllm_node').state,
    ).toBe(state)
  })
})

describe('what the launcher says', () => {
  const DISPATCHED = 'Command dispatched in background (Daemon mode). Container: vllm_node'
  it.each([
    ['the marker and status 0', 0, `Head Node: 192.0.2.1\n${DISPATCHED}`, null],
    ['status 0 alone', 0, 'Head Node: 192.0.2.1', /started nothing: Head Node/],
    ['an error', 1, 'Error: Could not find 2 active interfaces', /Could not find 2 active/],
    [
      'a container that was there',
      0,
      `Cluster containers are already running. Skipping launch.\n${DISPATCHED}`,
      /running already/,
    ],
    [
      'an image that is not there',
      0,
      `Unable to find image 'vllm-nodex:latest' locally\n${DISPATCHED}`,
      /vllm-nodex:latest is not there/,
    ],
    [
      'no GPU runtime',
      0,
      `docker: could not select device driver "" with capabilities: [[gpu]]\n${DISPATCHED}`,
      /cannot use the GPU/,
    ],
    [
      'a name that is taken',
      0,
      `The container name "/vllm_node" is already in use by container "9"\n${DISPATCHED}`,
      /name of the container is taken/,
    ],
    [
      'a cluster that did not meet',
      1,
      'Timeout waiting for cluster to start.',
      /did not find each other/,
    ],
    ['the time limit', 124, '', /within 900 s/],
    ['another status', 7, 'bash: oops', /status 7: bash: oops/],
  ])('%s', (_, code, output, mistake) => {
    const judged = judgeLaunch(code, output).mistake
    if (mistake === null) expect(judged).toBeNull()
    else expect(judged).toMatch(mistake)
  })
})

describe('the engine’s metrics', () => {
  it('are summed over engines, by exact name', () => {
    const text = [
      '# HELP vllm:num_requests_running x',
      'vllm:num_requests_running{engine="0",model_name="m"} 2.0',
      'vllm:num_requests_running{engine="1",model_name="m"} 1.0',
      'vllm:num_requests_waiting{engine="0"} 4.0',
      'vllm:num_requests_waiting_by_reason{engine="0",reason="capacity"} 9.0',
      'vllm:kv_cache_usage_perc{engine="0"} 0.25',
      'vllm:kv_cache_usage_perc{engine="1"} 0.75',
    ].join('\n')
    expect(parseMetrics(text)).toEqual({ running: 3, waiting: 4, cachePercent: 50 })
  })

  it('that are absent are unknown, not 0', () => {
    expect(parseMetrics('up 1\n')).toEqual({})
  })
})
