import { ControlError } from '../../errors.ts'
import type { ExecOptions, ExecResult } from '../../hosts/host.ts'
import { type Command, display } from '../../hosts/sh.ts'
import type { FakeClock } from '../../testing/fake-clock.ts'

/** A docker of one container, whose events can be cut off. */
export function createFakeDocker(clock: FakeClock) {
  const container = { state: 'running', startedAt: clock.now(), restarts: 0 }
  const docker = {
    container,
    isReachable: true,
    /** Whether events reach those who follow. */
    isTelling: true,
    follows: 0,
    looks: 0,
    followers: new Set<{ onLine?: ExecOptions['onLine']; cut(error: Error): void }>(),
    exec(command: Command, options: ExecOptions = {}): Promise<ExecResult> {
      if (!docker.isReachable) return Promise.reject(lost())
      if (display(command).includes(' events ')) return follow(options)
      docker.looks++
      return Promise.resolve(result(inspected()))
    },
    tell(Action: string, more: object = {}) {
      if (!docker.isTelling) return
      const line = JSON.stringify({
        ...{ Type: 'container', Action, timeNano: clock.now() * 1e6 },
        Actor: { Attributes: { name: 'bot', ...more } },
      })
      for (const { onLine } of docker.followers) onLine?.(line, 'stdout')
    },
    /** `docker restart`. */
    restart() {
      docker.die(0)
      docker.start()
    },
    die(exitCode: number) {
      container.state = 'exited'
      docker.tell('die', { exitCode: String(exitCode) })
    },
    start() {
      Object.assign(container, { state: 'running', startedAt: clock.now() })
      docker.tell('start')
    },
    dropConnection() {
      for (const each of [...docker.followers]) each.cut(lost())
    },
  }
  const lost = () => new ControlError('HOST_LOST', 'the connection ended')
  const result = (stdout: string): ExecResult => ({
    ...{ code: 0, stdout, stderr: '', isTruncated: false, durationMs: 1 },
  })
  const follow = ({ onLine, signal }: ExecOptions) =>
    new Promise<ExecResult>((_resolve, reject) => {
      docker.follows++
      const follower = {
        ...(onLine && { onLine }),
        cut(error: Error) {
          docker.followers.delete(follower)
          reject(error)
        },
      }
      docker.followers.add(follower)
      signal?.addEventListener('abort', () => follower.cut(signal.reason))
    })
  const inspected = () => {
    const json = JSON.stringify([
      {
        ...{ Id: 'a'.repeat(64), Name: '/bot', RestartCount: container.restarts },
        State: {
          Status: container.state,
          // docker keeps it a moment before it tells it
          StartedAt: new Date(container.startedAt - 40).toISOString(),
        },
      },
    ])
    return `STATUS\t0\n|${json}\nEND\n`
  }
  return docker
}
