import OpenAI, { APIError } from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JobView, ServiceView } from '../../views.ts'
import { startTestCluster, type TestCluster, until } from '../test-cluster.ts'

const SERVED = 'Qwen/Qwen3.6-35B-A3B-FP8'
const SMALL = 'Qwen/Qwen3-4B-FP8'
const ON_DISK = 'nvidia/Gemma-4-26B-A4B-NVFP4'
const QUESTION = [{ role: 'user' as const, content: 'Name three planets.' }]

let cluster: TestCluster
let openai: OpenAI

beforeAll(async () => {
  cluster = await startTestCluster()
  openai = new OpenAI({ baseURL: `${cluster.url}/v1`, apiKey: 'ignored', maxRetries: 0 })
})
afterAll(() => cluster?.close())

/** Requests the engine itself says it is answering. */
async function answering(): Promise<number> {
  const reply = await fetch(`http://127.0.0.1:${cluster.sandbox.ports.llm}/metrics`)
  const line = /^vllm:num_requests_running\S* (\S+)$/m.exec(await reply.text())
  return Number(line?.[1])
}

const service = async () => (await cluster.ask<ServiceView>('/api/services/llm')).body

const refused = (work: Promise<unknown>): Promise<APIError> =>
  work.then(
    () => expect.unreachable('it should have been refused'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(APIError)
      return error as APIError
    },
  )

const chat = (model: string) =>
  openai.chat.completions.create({ model, messages: QUESTION, max_tokens: 20 })

/** An answer that goes on for longer than any test. */
const endless = (signal?: AbortSignal) =>
  openai.chat.completions.create(
    {
      model: SERVED,
      messages: QUESTION,
      stream: true,
      max_tokens: 100_000,
      ...{ ignore_eos: true },
    },
    signal && { signal },
  )

describe('the official openai client on /v1', () => {
  it('lists the models that are served', async () => {
    const ids: string[] = []
    for await (const { id, owned_by } of openai.models.list()) if (owned_by === 'vllm') ids.push(id)
    expect(ids.sort()).toEqual([SMALL, SERVED])
  })

  it('gets a completion in one piece, each model from its own service', async () => {
    for (const model of [SERVED, SMALL]) {
      const whole = await openai.chat.completions.create({ model, messages: QUESTION })
      expect(whole.model).toBe(model)
      expect(whole.choices[0]?.message.content).toContain(model)
      expect(whole.choices[0]?.finish_reason).toBe('stop')
    }
  })

  it('gets a plain text completion', async () => {
    const { choices } = await openai.completions.create({ model: SERVED, prompt: 'We live on' })
    expect(choices[0]?.text.length).toBeGreaterThan(0)
  })

  it('streams a chat: the pieces make up the whole answer and [DONE] ends it', async () => {
    const asked = { model: SMALL, messages: QUESTION, temperature: 0 }
    const stream = await openai.chat.completions.create({
      ...asked,
      stream: true,
      stream_options: { include_usage: true },
    })
    let text = ''
    let pieces = 0
    let reason: string | null | undefined
    let tokens = 0
    for await (const { choices, usage } of stream) {
      text += choices[0]?.delta.content ?? ''
      pieces += 1
      reason = choices[0]?.finish_reason ?? reason
      tokens = usage?.completion_tokens ?? tokens
    }
    const whole = await openai.chat.completions.create(asked)
    expect(text).toBe(whole.choices[0]?.message.content)
    expect(reason).toBe('stop')
    expect(tokens).toBe(whole.usage?.completion_tokens)
    expect(pieces).toBeGreaterThan(3)

    const raw = await cluster.post('/v1/chat/completions', { ...asked, stream: true })
    expect(raw.headers.get('content-type')).toMatch(/^text\/event-stream/)
    expect(raw.headers.get('x-accel-buffering')).toBe('no')
    expect(raw.text.trimEnd().endsWith('data: [DONE]')).toBe(true)
  })

  it('aborts a stream, and the engine stops working on it', async () => {
    const leaving = new AbortController()
    const stream = await endless(leaving.signal)
    let pieces = 0
    for await (const _ of stream) {
      pieces += 1
      if (pieces < 10) continue
      expect(await answering()).toBe(1)
      expect((await service()).in_flight).toBe(1)
      leaving.abort()
    }
    await until(async () => (await answering()) === 0, 'an idle engine')
    await until(async () => (await service()).in_flight === 0, 'nothing in flight')
  })

  it('reads that a model is on no disk', async () => {
    const error = await refused(chat('Nobody/Nothing-7B'))
    expect(error).toMatchObject({ status: 404, code: 'model_not_found' })
    expect(error.message).toContain('Nobody/Nothing-7B')
    expect(error.message).toContain(SERVED)
  })

  it('reads that a model is on disk only, and which ones serve', async () => {
    const error = await refused(chat(ON_DISK))
    expect(error).toMatchObject({ status: 404, code: 'model_not_loaded' })
    expect(error.message).toContain(`${ON_DISK} is on disk, not loaded`)
    expect(error.message).toContain(SERVED)
    expect(error.message).toContain('/api/swap')
  })

  it('reads that a model is being loaded, by which job and when to come back', async () => {
    const { body } = await cluster.post<{ job: JobView }>('/api/swap', { model: ON_DISK })
    const error = await refused(chat(ON_DISK))
    expect(error).toMatchObject({ status: 503, code: 'model_loading' })
    expect(Number(error.headers?.get('retry-after'))).toBeGreaterThan(0)
    expect(error.message).toContain(`/api/jobs/${body.job.id}`)
    expect(await cluster.ended(body.job)).toMatchObject({ state: 'succeeded' })
    expect((await chat(ON_DISK)).model).toBe(ON_DISK)
    expect(await refused(chat(SERVED))).toMatchObject({ code: 'model_not_loaded' })
  })

  it('reads that the engine died in the middle of an answer, and sees no [DONE]', async () => {
    const read = async () => {
      await cluster.setFaults('spark-1', { engine: 'die-mid-stream' })
      const stream = await openai.chat.completions.create({
        model: ON_DISK,
        messages: QUESTION,
        stream: true,
      })
      for await (const _ of stream);
    }
    const error = await refused(read())
    expect(error).toMatchObject({ code: 'upstream_failed' })
  })
})
