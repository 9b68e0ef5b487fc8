import { expect, test } from 'vitest'
import type { ExecOptions, Host } from '../hosts/host.ts'
import { type Command, display } from '../hosts/sh.ts'
import { readContainerLog } from './container-log.ts'

const hostOf = (exec: (options: ExecOptions) => Promise<number>, commands: string[] = []) =>
  ({
    ...{ id: 'spark-1', spec: { container_runtime: 'podman' } },
    async exec(command: Command, options: ExecOptions) {
      commands.push(display(command))
      const stderr = 'Error: no such container: bot'
      return { code: await exec(options), stdout: '', stderr, isTruncated: false, durationMs: 1 }
    },
  }) as unknown as Host

const never = new AbortController().signal
const all = async (host: Host, follow = false) => {
  const lines: string[] = []
  for await (const { text } of readContainerLog(host, 'bot', { tail: 7, follow, signal: never }))
    lines.push(text)
  return lines
}

test('gives the last lines and ends, or goes on with what comes until the container ends', async () => {
  const commands: string[] = []
  const host = hostOf(async ({ onLine }) => {
    onLine?.('one', 'stdout')
    await new Promise((resolve) => setImmediate(resolve))
    onLine?.('two', 'stderr')
    return 0
  }, commands)
  expect(await all(host)).toEqual(['one', 'two'])
  expect(await all(host, true)).toEqual(['one', 'two'])
  expect(commands).toEqual(['podman logs --tail 7 bot', 'podman logs --tail 7 -f bot'])
})

test('cuts lines that nobody could read', async () => {
  const host = hostOf(async ({ onLine }) => {
    onLine?.('x'.repeat(60_000), 'stdout')
    return 0
  })
  expect(await all(host)).toEqual([`${'x'.repeat(4_000)}…`])
})

test('fails in the words of what podman refuses', async () => {
  await expect(all(hostOf(async () => 125))).rejects.toMatchObject({ code: 'CONTAINERS_FAILED' })
})

test('keeps no more than some thousand lines for a reader who is slow, and says how many it left out', async () => {
  const host = hostOf(async ({ onLine }) => {
    for (let n = 0; n < 25_000; n++) onLine?.(`${n}`, 'stdout')
    return 0
  })
  const lines = await all(host)
  expect(lines.length).toBeLessThanOrEqual(10_001)
  expect(lines[0]).toMatch(/^— \d+ lines came too fast/)
  expect(lines.at(-1)).toBe('24999')
})

test('ends the command when its reader leaves', async () => {
  let isOver = false
  const host = hostOf(
    ({ onLine, signal }) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => {
          isOver = true
          reject(signal.reason)
        })
        onLine?.('one', 'stdout')
      }),
  )
  for await (const _ of readContainerLog(host, 'bot', { tail: 1, follow: true, signal: never }))
    break
  expect(isOver).toBe(true)
})
