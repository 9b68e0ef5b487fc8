import { cleanup, render, screen } from '@solidjs/testing-library'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { DeliveryView, WebhookView } from '../../core/webhooks/views.ts'
import { Toasts } from '../kit/Toasts.tsx'
import Webhooks from './Webhooks.tsx'

const AT = '2026-03-03T12:00:00.000Z'
const webhook: WebhookView = {
  name: 'phone',
  origin: 'https://ntfy.example.org',
  format: 'ntfy',
  events: ['swap_failed'],
  is_signed: false,
  waiting: 2,
  delivered: 0,
  dead: 1,
  retry_at: AT,
  last_delivered_at: null,
  quiet_until: null,
  held: [],
}
const delivery: DeliveryView = {
  id: 7,
  event: 'msg_7',
  webhook: 'phone',
  name: 'swap_failed',
  text: '“Load Gemma” has failed',
  data: {},
  state: 'dead',
  attempts: 50,
  happened_at: AT,
  due_at: null,
  ended_at: AT,
  status: 500,
  error: 'it answered 500',
}

const asked: string[] = []
const serve = (answers: Record<string, unknown>): void => {
  asked.length = 0
  vi.stubGlobal('fetch', async (path: string, { method }: RequestInit) => {
    asked.push(`${method} ${path}`)
    return Response.json(answers[`${method} ${path}`])
  })
}
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

const LISTS = {
  'GET /api/coordination/webhooks': { webhooks: [webhook] },
  'GET /api/coordination/deliveries': { deliveries: [delivery] },
}
const press = async (name: RegExp): Promise<void> =>
  (await screen.findByRole('button', { name })).click()

describe('the page of webhooks', () => {
  it('without one shows what to write into the topology', async () => {
    serve({
      'GET /api/coordination/webhooks': { webhooks: [] },
      'GET /api/coordination/deliveries': { deliveries: [] },
    })
    render(() => <Webhooks />)
    expect(await screen.findByText(/Nobody is told/)).toBeTruthy()
    expect(screen.getByText(/format: ntfy/)).toBeTruthy()
  })

  it('says of each whether its receiver takes what is sent', async () => {
    serve(LISTS)
    render(() => <Webhooks />)
    expect(await screen.findByText('Failing, 2 waiting')).toBeTruthy()
    expect(screen.getByText(/1 given up/)).toBeTruthy()
  })

  it('says until when it is quiet, and what is held till then', async () => {
    const held = [{ text: 'Speech (asr) is down', happened_at: AT, held_until: AT }]
    const quiet = { ...webhook, quiet_until: AT, held }
    serve({ ...LISTS, 'GET /api/coordination/webhooks': { webhooks: [quiet] } })
    render(() => <Webhooks />)
    expect(await screen.findByText(/^Quiet until/)).toBeTruthy()
    expect(screen.getByText('Speech (asr) is down')).toBeTruthy()
    expect(screen.getByText(/^Held until/)).toBeTruthy()
  })

  it('sends a test and says what came of it', async () => {
    const route = 'POST /api/coordination/webhooks/phone/test'
    serve({ ...LISTS, [route]: { delivery } })
    render(() => [<Webhooks />, <Toasts />])
    await press(/Send a test to phone/)
    expect(await screen.findByText(/did not take it: it answered 500/)).toBeTruthy()
    expect(asked).toContain(route)
  })

  it('sends a delivery again', async () => {
    const route = 'POST /api/coordination/deliveries/7/redeliver'
    serve({ ...LISTS, [route]: { delivery } })
    render(() => [<Webhooks />, <Toasts />])
    await press(/Send again: “Load Gemma” has failed, to phone/)
    expect(await screen.findByText('It is sent again.')).toBeTruthy()
    expect(asked).toContain(route)
  })
})
