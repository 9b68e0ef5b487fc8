import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { JobView } from '../../views.ts'
import { type Receiver, startReceiver } from '../../webhooks/testing/receiver.ts'
import type { DeliveryView, WebhookView } from '../../webhooks/views.ts'
import { startTestCluster, type TestCluster, until } from '../test-cluster.ts'
import { isThorough } from '../thorough.ts'

const FIRST = 'Qwen/Qwen3.6-35B-A3B-FP8'
const SOLO = 'nvidia/Gemma-4-26B-A4B-NVFP4'
const SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`

interface Event {
  type: string
  data: Record<string, unknown>
}

let receiver: Receiver
/** What a person's phone gets. */
let people: Receiver
let cluster: TestCluster

beforeAll(async () => {
  receiver = await startReceiver()
  people = await startReceiver()
  const phone = `{ name: phone, url: "${people.url}", format: ntfy, events: [service_down, service_up], damping: { hold: 30m, flaps: 1, within: 30m } }`
  const entry = `{ name: ops, url: "${receiver.url}", secret: ${SECRET}, events: [swap_started, swap_complete, swap_failed] }`
  cluster = await startTestCluster({
    topology: (yaml) => `${yaml.replace(/^webhooks:.*\n/m, '')}\nwebhooks: [${entry}, ${phone}]\n`,
  })
})
afterAll(async () => {
  await cluster?.close()
  await receiver?.close()
  await people?.close()
})

const events = (): Event[] => receiver.seen.map(({ body }) => JSON.parse(body) as Event)
const deliveries = async () =>
  (await cluster.ask<{ deliveries: DeliveryView[] }>('/api/coordination/deliveries')).body
    .deliveries
const swap = async (model: string): Promise<JobView> =>
  (await cluster.post<{ job: JobView }>('/api/swap', { model })).body.job

describe('a swap', () => {
  it('is told with what it replaced, from the start to the end', async () => {
    const job = await swap(SOLO)
    await cluster.ended(job)
    await until(() => receiver.taken.length === 2, 'both events')
    expect(events()).toMatchObject([
      { type: 'swap_started', data: { job_id: job.id, model: SOLO, previous_model: FIRST } },
      {
        type: 'swap_complete',
        data: { service: 'llm', owner: null, fence: null, duration_s: expect.any(Number) },
      },
    ])
    for (const { body, headers } of receiver.seen) {
      // The controller's clock runs fast; the library takes what is 5 minutes off for a replay.
      vi.useFakeTimers({ toFake: ['Date'], now: Number(headers['webhook-timestamp']) * 1000 })
      expect(new Webhook(SECRET).verify(body, headers)).toHaveProperty('type')
      vi.useRealTimers()
    }
  })

  it('that ends while the controller is killed and the receiver down is told once both are back', async () => {
    await receiver.goDown()
    const job = await swap(FIRST)
    await until(async () => {
      const { body } = await cluster.ask<JobView>(`/api/jobs/${job.id}`)
      return body.state === 'running'
    }, 'its start')
    await cluster.kill()
    await cluster.restart()
    await cluster.ended(job)
    expect((await deliveries()).slice(0, 2).map(({ name, state }) => [name, state])).toEqual([
      ['swap_complete', 'waiting'],
      ['swap_started', 'waiting'],
    ])
    await receiver.comeBack()
    await until(async () => (await deliveries()).every(({ state }) => state === 'delivered'), 'all')
    const told = events().filter(({ data }) => data.job_id === job.id)
    expect(told.map(({ type }) => type).sort()).toEqual(['swap_complete', 'swap_started'])
  })
})

describe('a test', () => {
  it('says what came of it, and is shown with the webhook, whose secrets are not', async () => {
    const { body } = await cluster.post<{ delivery: DeliveryView }>(
      '/api/coordination/webhooks/ops/test',
      {},
    )
    expect(body.delivery).toMatchObject({ name: 'test', state: 'delivered', status: 200 })
    const shown = await cluster.ask<{ webhooks: WebhookView[] }>('/api/coordination/webhooks')
    expect(shown.body.webhooks[0]).toMatchObject({
      name: 'ops',
      origin: new URL(receiver.url).origin,
      is_signed: true,
      waiting: 0,
    })
    const topology = await cluster.ask('/api/topology')
    for (const text of [shown.text, topology.text]) {
      expect(text).not.toContain('/hook')
      expect(text).not.toContain(SECRET)
    }
  })

  it('of an unknown webhook is 404, also as a dry run', async () => {
    for (const query of ['', '?dry_run=true'])
      expect(
        await cluster.post(`/api/coordination/webhooks/nobody/test${query}`, {}),
      ).toMatchObject({ status: 404, body: { error: { code: 'WEBHOOK_UNKNOWN' } } })
  })
})

it('a delivery is sent again under its id', async () => {
  const [delivery] = (await deliveries()).filter(({ name }) => name === 'swap_complete')
  const path = `/api/coordination/deliveries/${delivery?.id}/redeliver`
  expect((await cluster.post(path, {})).status).toBe(202)
  await until(
    () => receiver.taken.filter((id) => id === delivery?.event).length === 2,
    'the second time',
  )
})

it.runIf(isThorough)(
  'a service that keeps going and coming back is told to be flapping, once',
  async () => {
    const state = async () => (await cluster.ask<{ state: string }>('/api/services/tts')).body.state
    for (let flap = 0; flap < 2; flap++) {
      await cluster.setFaults('spark-2', { tts: 'refuse' })
      await until(async () => (await state()) === 'down', 'going down')
      await cluster.setFaults('spark-2', {})
      await until(async () => (await state()) === 'up', 'coming back')
    }
    const told = people.seen.map(({ body }) => (JSON.parse(body) as { message: string }).message)
    expect(told).toEqual([
      expect.stringMatching(/\(tts\) keeps going down and coming back, 2 times/),
    ])
  },
)
