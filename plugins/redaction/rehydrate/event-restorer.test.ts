import { expect, it } from 'vitest'
import { placeholderOf } from '../placeholder/placeholder.ts'
import { createSession } from '../vault/session.ts'
import { EventRestorer } from './event-restorer.ts'

it('data of several lines is one text, and other fields stay before it', () => {
  const entries = [{ type: 'EMAIL', surface: 'alice@example.org' } as const]
  const session = createSession({ handle: 'h', owner: null, checkKey: Buffer.from('k'), entries })
  const restorer = new EventRestorer(session, { format: 'text' })
  const mail = `data: "${placeholderOf('EMAIL', 1, session.checkOf)}"`
  const event = ['event: x', 'data: [', mail, 'id: 7', 'data: ]', '', ''].join('\n')
  const restored = restorer.push(Buffer.from(event)) + restorer.end()
  expect(restored).toBe('event: x\nid: 7\ndata: ["alice@example.org"]\n\n')
})
