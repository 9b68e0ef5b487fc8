import type { Question, Tool } from './answer.ts'
import { countTokens } from './answer.ts'
import type { ServeOptions } from './serve-options.ts'

/** A refusal in vLLM's error shape. */
export interface Refusal {
  status: number
  type: string
  message: string
  param?: string
}

/** A chat or completion request that was found good. */
export interface Generation {
  question: Question
  promptTokens: number
  maxTokens: number
  /** Generate until `maxTokens`, as load generators ask for. */
  ignoresEnd: boolean
  isStream: boolean
  wantsUsage: boolean
  model: string
  stop: string[]
}

export type Body = Record<string, unknown>

/** Checks `POST /v1/chat/completions`. */
export function readChat(
  body: Body,
  options: ServeOptions,
  maxModelLen: number,
): Generation | Refusal {
  const refusal = checkModel(body, options)
  if (refusal) return refusal
  if (!Array.isArray(body.messages) || body.messages.length === 0) {
    return bad('messages: List should have at least 1 item after validation, not 0', 'messages')
  }
  const messages = body.messages.map(asObject)
  const role = messages.find((each) => typeof each.role !== 'string')
  if (role) return bad('messages: Field required: role', 'messages')
  const tools = readTools(body.tools)
  const choice = readChoice(body.tool_choice, tools.length > 0)
  if (
    choice === 'auto' &&
    tools.length > 0 &&
    !(options.hasAutoToolChoice && options.toolCallParser)
  ) {
    return bad(
      '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
    )
  }
  const last = messages.at(-1) ?? {}
  const user = messages.findLast((each) => each.role === 'user') ?? {}
  const contents = messages.map((each) => contentText(each.content))
  const images = messages
    .flatMap((each) => contentParts(each.content))
    .filter((part) => /image/.test(`${part.type}`))
  const schema = readSchema(body.response_format)
  const template = asObject(body.chat_template_kwargs)
  return finish(body, options, maxModelLen, contents.join('\n'), {
    model: options.model,
    prompt: contentText(user.content),
    messageCount: messages.length,
    imageCount: images.length,
    ...(last.role === 'tool' ? { toolResult: contentText(last.content) } : {}),
    tools,
    toolChoice: choice,
    isReasoning: options.reasoningParser !== undefined && template.enable_thinking !== false,
    ...(schema ? { schema } : {}),
  })
}

/** Checks `POST /v1/completions`. */
export function readCompletion(
  body: Body,
  options: ServeOptions,
  maxModelLen: number,
): Generation | Refusal {
  const refusal = checkModel(body, options)
  if (refusal) return refusal
  const prompt = Array.isArray(body.prompt) ? body.prompt.join(' ') : body.prompt
  if (typeof prompt !== 'string')
    return bad('Either prompt or prompt_embeds must be provided', 'prompt')
  return finish({ max_tokens: 16, ...body }, options, maxModelLen, prompt, {
    model: options.model,
    prompt,
    messageCount: 1,
    imageCount: 0,
    tools: [],
    toolChoice: 'none',
    isReasoning: false,
  })
}

/** Whether a checked request was refused. */
export function isRefusal(checked: Generation | Refusal): checked is Refusal {
  return 'status' in checked
}

function finish(
  body: Body,
  options: ServeOptions,
  maxModelLen: number,
  wholePrompt: string,
  question: Question,
): Generation | Refusal {
  const promptTokens = countTokens(wholePrompt) + 8 * question.messageCount
  const asked = body.max_completion_tokens ?? body.max_tokens
  const limit = typeof asked === 'number' ? asked : maxModelLen - promptTokens
  if (limit < 1 && typeof asked === 'number')
    return bad(`max_tokens must be at least 1, got ${limit}.`, 'max_tokens')
  if (promptTokens + (typeof asked === 'number' ? limit : 1) > maxModelLen) {
    return bad(
      `This model's maximum context length is ${maxModelLen} tokens. However, you requested ${typeof asked === 'number' ? limit : 1} output tokens and your prompt contains at least ${promptTokens} input tokens, for a total of at least ${promptTokens + limit} tokens. Please reduce the length of the input prompt or the number of requested output tokens.`,
      'input_tokens',
    )
  }
  const stop = [body.stop ?? []].flat().filter((each) => typeof each === 'string')
  return {
    question,
    promptTokens,
    maxTokens: limit,
    ignoresEnd: body.ignore_eos === true,
    isStream: body.stream === true,
    wantsUsage: asObject(body.stream_options).include_usage === true,
    model: typeof body.model === 'string' ? body.model : (options.servedNames[0] ?? options.model),
    stop,
  }
}

function checkModel(body: Body, options: ServeOptions): Refusal | undefined {
  const { model } = body
  if (model === undefined || (typeof model === 'string' && isServed(options, model))) return
  return {
    status: 404,
    type: 'NotFoundError',
    message: `The model \`${String(model)}\` does not exist.`,
    param: 'model',
  }
}

function readTools(tools: unknown): Tool[] {
  if (!Array.isArray(tools)) return []
  return tools.map((tool) => {
    const inner = asObject(asObject(tool).function ?? tool)
    return { name: String(inner.name), parameters: asObject(inner.parameters) }
  })
}

function readChoice(choice: unknown, hasTools: boolean): string {
  if (typeof choice === 'string') return choice
  const name = asObject(asObject(choice).function).name
  if (typeof name === 'string') return name
  return hasTools ? 'auto' : 'none'
}

function readSchema(format: unknown): Record<string, unknown> | undefined {
  const { type, json_schema } = asObject(format)
  if (type === 'json_object') return {}
  if (type === 'json_schema') return asObject(asObject(json_schema).schema)
  return undefined
}

function contentParts(content: unknown): Record<string, unknown>[] {
  return Array.isArray(content) ? content.map(asObject) : []
}

function contentText(content: unknown): string {
  if (typeof content === 'string') return content
  return contentParts(content)
    .map((part) => (typeof part.text === 'string' ? part.text : ''))
    .join(' ')
    .trim()
}

function bad(message: string, param?: string): Refusal {
  return { status: 400, type: 'BadRequestError', message, ...(param ? { param } : {}) }
}

/** An object of a body; an empty one in place of anything else. */
export function asObject(value: unknown): Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : {}
}

const isServed = ({ servedNames, adapters }: ServeOptions, model: string): boolean =>
  servedNames.includes(model) || adapters.some(({ name }) => name === model)
