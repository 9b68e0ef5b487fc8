import { asControlError, type Clock, type Upstream } from '#core'
import type { SelfCheck } from '../views.ts'

const ANSWER_TIMEOUT_MS = 180_000
/** Thinking models spend their first words on thinking. */
const MAX_TOKENS = 64
const TOOL_MAX_TOKENS = 1024
const QUESTION = 'Answer with one word: which planet do we live on?'
const TOOL = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather of a city',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
    },
  },
} as const

interface Completion {
  choices?: {
    text?: string
    message?: {
      content?: string | null
      reasoning?: string | null
      reasoning_content?: string | null
      tool_calls?: { function?: { name?: string; arguments?: string } }[] | null
    }
  }[]
  error?: { message?: string }
  message?: string
}

/** Asks the loaded model one question, and for one tool call where a tool parser is set. */
export async function checkModel(
  upstream: Upstream,
  options: { model: string; hasTools: boolean; clock: Clock; signal: AbortSignal },
): Promise<SelfCheck> {
  const { model, hasTools, clock } = options
  const startedAt = clock.now()
  const { answered, text } = await askQuestion(upstream, options)
  const seconds = Math.round((clock.now() - startedAt) / 100) / 10
  return {
    checked_at: new Date(clock.now()).toISOString(),
    model,
    answered,
    text: text.slice(0, 200),
    seconds,
    tool_call: hasTools && answered ? await askForTool(upstream, options) : null,
  }
}

interface Ask {
  model: string
  signal: AbortSignal
}

async function askQuestion(upstream: Upstream, { model, signal }: Ask) {
  const chat = await post(upstream, '/v1/chat/completions', signal, {
    model,
    messages: [{ role: 'user', content: QUESTION }],
    max_tokens: MAX_TOKENS,
    temperature: 0,
  })
  const message = chat.value?.choices?.[0]?.message
  const said = message?.content || message?.reasoning || message?.reasoning_content
  if (said) return { answered: true, text: said.trim() }
  // models without a chat template only complete text
  if (chat.status !== 400 && chat.status !== 404) return { answered: false, text: chat.mistake }
  const plain = await post(upstream, '/v1/completions', signal, {
    model,
    prompt: 'We live on the planet',
    max_tokens: 16,
    temperature: 0,
  })
  const text = plain.value?.choices?.[0]?.text?.trim()
  return text ? { answered: true, text } : { answered: false, text: plain.mistake }
}

async function askForTool(upstream: Upstream, { model, signal }: Ask) {
  const { value, mistake } = await post(upstream, '/v1/chat/completions', signal, {
    model,
    messages: [{ role: 'user', content: 'What is the weather in Paris? Use the tool.' }],
    tools: [TOOL],
    tool_choice: 'auto',
    max_tokens: TOOL_MAX_TOKENS,
    temperature: 0,
  })
  const call = value?.choices?.[0]?.message?.tool_calls?.[0]?.function
  if (!call) {
    return {
      passed: false,
      text: value?.choices ? 'it answered without calling the tool' : mistake,
    }
  }
  const passed = call.name === TOOL.function.name && isObject(call.arguments)
  return { passed, text: `${call.name}(${call.arguments ?? ''})`.slice(0, 200) }
}

async function post(
  upstream: Upstream,
  path: string,
  signal: AbortSignal,
  body: unknown,
): Promise<{ status: number; value: Completion | undefined; mistake: string }> {
  try {
    const reply = await upstream.request(path, {
      method: 'POST',
      body,
      signal,
      timeoutMs: ANSWER_TIMEOUT_MS,
    })
    const value = reply.json<Completion>()
    const said = value.error?.message ?? value.message
    const mistake = reply.status === 200 ? 'it answered nothing' : `${reply.status}: ${said ?? ''}`
    return { status: reply.status, value: reply.status === 200 ? value : undefined, mistake }
  } catch (thrown) {
    signal.throwIfAborted()
    return { status: 0, value: undefined, mistake: asControlError(thrown).message }
  }
}

function isObject(text: string | undefined): boolean {
  try {
    const value: unknown = JSON.parse(text ?? '')
    return typeof value === 'object' && value !== null
  } catch {
    return false
  }
}
