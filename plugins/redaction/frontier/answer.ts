import { ControlError, type DoorCall, type RawAnswer, type Service } from '#core'
import { ownerOf } from '../door.ts'
import { type Engine, engineOf } from '../engine.ts'
import { EventRestorer } from '../rehydrate/event-restorer.ts'
import { restoreJson } from '../rehydrate/json.ts'
import { type Known, noCounts } from '../rehydrate/restorer.ts'
import { scrubbedValue } from '../scrub/input.ts'
import { asRefusal, told } from '../scrub/refusal.ts'
import { isMap, leavesOf } from '../scrub/tree.ts'
import type { Frontier, Settings } from '../settings.ts'
import { outgoingTree } from './outgoing.ts'
import { failureOf, readAll } from './provider.ts'
import { readRequest } from './read-request.ts'

/** Types of what was masked, with how often, in words. */
type Counts = Record<string, number>

/**
 * Answers a chat completion by a model elsewhere: scrubbed, sent, restored. There is one call to its
 * server in here, and what it sends is made of scrubbed leaves alone. The audit log has counts.
 */
export async function answerByFrontier(
  service: Service<Settings>,
  frontier: Frontier,
  call: DoorCall,
): Promise<RawAnswer> {
  const note = (title: string, outcome: 'done' | 'refused' | 'failed', code?: string): void =>
    service.audit({
      ...{ action: 'POST /v1/chat/completions', title, outcome, caller: call.caller },
      ...(code !== undefined && { code }),
    })
  let model = 'a model elsewhere'
  let counts: Counts | undefined
  try {
    const request = await readRequest(call, frontier.models, service.settings.max_bytes)
    model = request.model
    const engine = engineOf(service)
    const tree = outgoingTree(request.body, model)
    const scrubbed = await engine.scrub(
      () => leavesOf(tree),
      { owner: ownerOf(call.caller), asker: call },
      {
        ...{ mode: frontier.mode, binary: 'refuse', isPassing: true },
      },
    )
    counts = countsOf([...scrubbed.replacements.values()].flat())
    const without = scrubbed.isWithoutModel ? ', not looked at by the local model' : ''
    const reply = await service.http('frontier').stream(frontier.path, {
      body: JSON.stringify(scrubbedValue(tree, scrubbed)),
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      signal: call.signal,
    })
    if (reply.status !== 200) throw await failureOf(reply)
    note(`Sent to ${model} with ${inWords(counts)}${without}`, 'done')
    return restored(reply, scrubbed.known, engine)
  } catch (thrown) {
    const { code, status } = asRefusal(thrown)
    const title = counts ? `Asked ${model} with ${inWords(counts)}` : `Nothing was sent to ${model}`
    note(title, status < 500 ? 'refused' : 'failed', code)
    throw thrown instanceof ControlError ? thrown : asRefusal(thrown)
  }
}

interface Reply {
  headers: Record<string, string>
  body: AsyncIterable<Buffer>
}

async function restored(
  { headers, body }: Reply,
  known: Known,
  engine: Engine,
): Promise<RawAnswer> {
  const options = { format: 'text' } as const
  const counts = noCounts()
  if (headers['content-type']?.startsWith('text/event-stream'))
    return {
      status: 200,
      headers: {
        ...{ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' },
        'x-accel-buffering': 'no',
      },
      body: restoredEvents(body, new EventRestorer(known, options, counts), engine),
    }
  const value: unknown = parse(await readAll(body))
  if (!isMap(value))
    throw new ControlError('UPSTREAM_FAILED', 'The model elsewhere answered no JSON.')
  const text = JSON.stringify(told(() => restoreJson(value, known, options, counts)))
  engine.tally.restored(counts)
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: only(Buffer.from(text)),
  }
}

async function* restoredEvents(
  body: AsyncIterable<Buffer>,
  restorer: EventRestorer,
  engine: Engine,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) {
      const text = told(() => restorer.push(chunk))
      if (text !== '') yield Buffer.from(text)
    }
    yield Buffer.from(told(() => restorer.end()))
  } finally {
    engine.tally.restored(restorer.counts)
  }
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

function countsOf(masks: readonly { type: string }[]): Counts {
  const counts: Counts = {}
  for (const { type } of masks) counts[type] = (counts[type] ?? 0) + 1
  return counts
}

function inWords(counts: Counts): string {
  const types = Object.entries(counts)
  const all = types.reduce((sum, [, count]) => sum + count, 0)
  if (all === 0) return 'nothing masked'
  return `${all} places masked (${types.map(([type, count]) => `${type} ${count}`).join(', ')})`
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // the caller is told that it is no JSON; what it is says no more
    return undefined
  }
}
