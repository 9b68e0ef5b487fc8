import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createShellHost } from '../../../core/hosts/testing/shell-host.ts'
import { createFakeJob } from '../testing/fake-service.ts'
import { createHastyClock } from '../testing/hasty-clock.ts'
import { uproot } from '../testing/plant.ts'
import { stopWork, type Work } from './detached.ts'
import { followWork } from './follow-work.ts'

let home: string
let host: ReturnType<typeof createShellHost>
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'vllm-follow-'))
  host = createShellHost('spark-1', { home })
})
afterEach(async () => {
  host.isDown = false
  await stopWork(host, work(''))
  uproot(home)
})

const work = (text: string): Work => ({
  name: 'models--Org--New',
  words: ['sh', '-c', text],
  env: [],
  container: null,
})

interface Events {
  onLook?(looks: number): void
  /** Called between two looks. */
  onPause?(): void
}

/** Follows work and tells of every look and every pause. */
function follow(text: string, { onLook, onPause }: Events = {}, token?: string) {
  const job = createFakeJob({})
  const clock = createHastyClock()
  let looks = 0
  const end = followWork({
    job,
    host,
    work: work(text),
    token,
    clock: {
      now: clock.now,
      sleep(ms, signal) {
        onPause?.()
        return clock.sleep(ms, signal)
      },
    },
    look: async () => onLook?.(++looks),
  })
  end.catch(() => undefined)
  return { job, end }
}
const HELD = 'while [ ! -e "$HOME/go" ]; do sleep 0.05; done; echo done'
const release = () => writeFileSync(join(home, 'go'), '')

it('gives exit status and output, and leaves no file of its own', async () => {
  const { job, end } = follow('echo one; echo two; exit 4')
  expect(await end).toEqual({ exitCode: 4, lines: ['one', 'two'] })
  expect(job.lines).toEqual(['spark-1: one', 'spark-1: two'])
  expect(existsSync(join(home, '.cache/spark-control/models--Org--New'))).toBe(false)
})

it('a host that is away for a while is waited for, and the work goes on there', async () => {
  let pausesAway = 0
  const { job, end } = follow(HELD, {
    onLook(looks) {
      host.isDown = looks === 1
    },
    onPause() {
      if (!host.isDown || ++pausesAway < 3) return
      host.isDown = false
      release()
    },
  })
  expect(await end).toMatchObject({ exitCode: 0, lines: ['done'] })
  expect(job.lines).toEqual([
    'spark-1 does not answer; the work goes on there',
    'spark-1 answers again',
    'spark-1: done',
  ])
})

it('cancelled while the host is away is not called stopped', async () => {
  const { job, end } = follow(HELD, {
    onLook() {
      host.isDown = true
      job.cancel()
    },
  })
  await expect(end).rejects.toMatchObject({
    code: 'NOT_STOPPED',
    message: 'spark-1 does not answer, so the work may go on there',
  })
})

it('a token its work prints does not reach the log', async () => {
  const { job, end } = follow('cat "$HF_TOKEN_PATH"', {}, 'hf_AliceSecret')
  expect((await end).lines).toEqual(['••••'])
  expect(job.lines.join()).not.toContain('hf_AliceSecret')
})
