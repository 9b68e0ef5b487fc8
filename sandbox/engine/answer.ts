/** What the simulated model says to one request. */
export interface Answer {
  reasoning: string
  content: string
  toolCall?: { name: string; arguments: string }
}

/** A request, as far as the answer depends on it. */
export interface Question {
  model: string
  /** The last thing the user wrote. */
  prompt: string
  messageCount: number
  imageCount: number
  /** The result of a tool, when that is what came last. */
  toolResult?: string
  tools: Tool[]
  /** `none`, `auto`, `required` or the name of a tool. */
  toolChoice: string
  isReasoning: boolean
  /** A JSON schema the answer must fit; `{}` for any JSON. */
  schema?: Record<string, unknown>
}

export interface Tool {
  name: string
  parameters: Record<string, unknown>
}

/** Says honestly that it is simulated, and shows that it has read the request. */
export function composeAnswer(question: Question): Answer {
  const { prompt } = question
  const reasoning = question.isReasoning
    ? `The user wrote ${prompt.length} characters. I am simulated, so I will say so and repeat the beginning.`
    : ''
  const tool = chooseTool(question)
  if (tool) {
    const filled = fillSchema(tool.parameters, subjectOf(prompt))
    return {
      reasoning,
      content: '',
      toolCall: { name: tool.name, arguments: JSON.stringify(filled) },
    }
  }
  if (question.schema) {
    const isAny = Object.keys(question.schema).length === 0
    const value = isAny
      ? { simulated: true, model: question.model, prompt: excerpt(prompt) }
      : fillSchema(question.schema, subjectOf(prompt))
    return { reasoning, content: JSON.stringify(value) }
  }
  const parts = [
    `This is a simulated model: the sandbox of Spark Control stands in for ${question.model}, and no GPU is at work.`,
  ]
  if (question.toolResult !== undefined) {
    parts.push(`The tool answered: “${excerpt(question.toolResult)}”.`)
  } else {
    parts.push(prompt === '' ? 'You sent no text.' : `You wrote: “${excerpt(prompt)}”.`)
  }
  if (question.messageCount > 1) parts.push(`I was given ${question.messageCount} messages.`)
  if (question.imageCount > 0) {
    parts.push(
      `There ${question.imageCount === 1 ? 'was one image' : `were ${question.imageCount} images`} too.`,
    )
  }
  parts.push('On a real Spark the model would answer here, token by token, at about this speed.')
  return { reasoning, content: parts.join(' ') }
}

/** Text in pieces of about a token, spaces in front. */
export function splitTokens(text: string): string[] {
  return text.match(/\s*[\p{L}\p{N}]{1,7}|\s*[^\s\p{L}\p{N}]|\s+$/gu) ?? []
}

/** About how many tokens a text is. */
export function countTokens(text: string): number {
  return Math.ceil(text.length / 4)
}

function chooseTool(question: Question): Tool | undefined {
  const { tools, toolChoice, toolResult } = question
  const named = tools.find((tool) => tool.name === toolChoice)
  if (named) return named
  if (toolChoice === 'none' || (toolChoice === 'auto' && toolResult !== undefined)) return undefined
  const words = question.prompt.toLowerCase()
  const mentioned = tools.find((tool) =>
    tool.name
      .toLowerCase()
      .split(/[^a-z]+/)
      .some((part) => part.length > 3 && words.includes(part)),
  )
  return mentioned ?? tools[0]
}

/** A value that fits a JSON schema, with `hint` where text is wanted. */
function fillSchema(schema: Record<string, unknown>, hint: string, depth = 0): unknown {
  if (schema.const !== undefined) return schema.const
  if (Array.isArray(schema.enum)) return schema.enum[0]
  if (schema.default !== undefined) return schema.default
  const union = schema.anyOf ?? schema.oneOf
  if (Array.isArray(union)) return fillSchema(asObject(union[0]), hint, depth + 1)
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  if (depth > 8) return null
  if (type === 'object' || schema.properties !== undefined) {
    const properties = asObject(schema.properties)
    const wanted = Array.isArray(schema.required)
      ? schema.required.map(String)
      : Object.keys(properties)
    return Object.fromEntries(
      wanted.map((name) => [name, fillSchema(asObject(properties[name]), hint, depth + 1)]),
    )
  }
  if (type === 'array') return [fillSchema(asObject(schema.items), hint, depth + 1)]
  if (type === 'integer' || type === 'number') {
    return typeof schema.minimum === 'number' ? schema.minimum : 1
  }
  if (type === 'boolean') return true
  if (type === 'null') return null
  return hint
}

/** What a prompt is about: its last capitalized word, else its first words. */
function subjectOf(prompt: string): string {
  const names = prompt
    .trim()
    .split(/\s+/)
    .slice(1)
    .filter((word) => /^\p{Lu}/u.test(word))
  const subject = names.at(-1)?.replace(/[^\p{L}\p{N}-]/gu, '')
  return subject || excerpt(prompt, 40) || 'simulated'
}

function excerpt(text: string, length = 200): string {
  const line = text.trim().replace(/\s+/g, ' ')
  return line.length > length ? `${line.slice(0, length)}…` : line
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
