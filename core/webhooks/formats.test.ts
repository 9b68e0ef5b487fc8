import { describe, expect, it } from 'vitest'
import { HAPPENINGS } from '../events/happening.ts'
import type { WebhookSpec } from '../topology/webhook-keys.ts'
import { buildRequest } from './formats.ts'
import type { Delivery } from './outbox.ts'
import { wordsOf } from './words.ts'

const delivery = (change: Partial<Delivery> = {}): Delivery => ({
  seq: 1,
  event: 'msg_1',
  webhook: 'ops',
  name: 'swap_failed',
  subject: '“Load Gemma <4>”',
  data: { duration_s: 41, error: { code: 'LOAD_FAILED', message: 'memory ran out' } },
  happenedAt: Date.UTC(2026, 0, 1),
  state: 'waiting',
  attempts: 0,
  firstAt: 0,
  dueAt: 0,
  endedAt: null,
  status: null,
  error: null,
  ...change,
})
const requestFor = (spec: Partial<WebhookSpec>, of: Partial<Delivery> = {}) => {
  const whole = { name: 'ops', url: 'http://192.168.1.5', format: 'generic', events: [], ...spec }
  const request = buildRequest(whole as WebhookSpec, delivery(of), { cluster: 'home', nowMs: 5999 })
  return { ...request, body: JSON.parse(request.body) }
}

describe('a request', () => {
  it.each([
    [true, 4, 'm.text'],
    [false, 3, 'm.notice'],
  ])(
    'for a quiet time with trouble in it (%s) is as urgent as that',
    (is_trouble, priority, msgtype) => {
      const lines = ['03:10 Speech (asr) is down', '04:00 “Load Gemma” is done']
      const summary = {
        name: 'summary',
        subject: 'While it was quiet',
        data: { is_trouble, lines },
      }
      const text = `While it was quiet:\n${lines.join('\n')}`
      const url = 'https://ntfy.example.org/lab'
      expect(requestFor({ format: 'ntfy', url }, summary).body).toMatchObject({
        priority,
        message: text,
      })
      expect(requestFor({ format: 'matrix' }, summary).body).toEqual({
        msgtype,
        body: `home: ${text}`,
      })
      expect(requestFor({ format: 'slack' }, summary).body).toEqual({ text: `*home*: ${text}` })
    },
  )

  it('for ntfy goes to the server as JSON and names the topic', () => {
    const url = 'https://ntfy.example.org/lab%20news'
    expect(requestFor({ format: 'ntfy', url, token: 'tk_1' })).toMatchObject({
      method: 'POST',
      path: '/',
      headers: { authorization: 'Bearer tk_1' },
      body: {
        topic: 'lab news',
        title: 'home',
        message: '“Load Gemma <4>” has failed after 41 s: memory ran out',
        priority: 4,
      },
    })
  })

  it('for Slack keeps path and query, and its text makes no links or mentions', () => {
    const url = 'https://hooks.example.org/services/T0/B0/x?thread=1'
    expect(requestFor({ format: 'slack', url })).toMatchObject({
      path: '/services/T0/B0/x?thread=1',
      body: { text: '*home*: “Load Gemma &lt;4&gt;” has failed after 41 s: memory ran out' },
    })
  })

  it('for Matrix is a message whose transaction is the event', () => {
    const room = '!abc:example.org'
    expect(requestFor({ format: 'matrix', room, url: 'https://m.example.org' })).toMatchObject({
      method: 'PUT',
      path: '/_matrix/client/v3/rooms/!abc%3Aexample.org/send/m.room.message/msg_1',
      body: { msgtype: 'm.text', body: expect.stringContaining('home: “Load Gemma <4>” has') },
    })
  })

  it.each(['generic', 'ntfy', 'slack', 'matrix'] as const)(
    'of format %s is signed if there is a secret, with the second it is sent at',
    (format) => {
      const url = 'https://x.example.org/topic'
      const secret = `whsec_${Buffer.alloc(24).toString('base64')}`
      const { headers } = requestFor({ format, url, secret })
      expect(headers['webhook-timestamp']).toBe('5')
      expect(headers['webhook-signature']).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/)
      expect(requestFor({ format, url }).headers).not.toHaveProperty('webhook-signature')
    },
  )
})

describe('the words', () => {
  it.each(HAPPENINGS)('of %s are a sentence of their own', (name) => {
    const words = wordsOf({ name, subject: 'It', data: {} })
    expect(words).toMatch(/^It \S+ /)
    expect(words).not.toContain('_')
  })

  it.each([
    [0.4, ''],
    [59.6, ' after 1 min'],
    [230, ' after 3 min 50 s'],
  ])('say how long %d s are', (duration_s, words) => {
    expect(wordsOf({ name: 'swap_complete', subject: 'It', data: { duration_s } })).toBe(
      `It is done${words}`,
    )
  })
})
