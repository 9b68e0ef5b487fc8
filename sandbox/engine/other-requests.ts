import { asObject, type Body, type Generation, type Refusal, readChat } from './request.ts'
import type { ServeOptions } from './serve-options.ts'

/** Checks `POST /v1/messages`, which vLLM turns into a chat request too. */
export function readMessages(
  body: Body,
  options: ServeOptions,
  maxModelLen: number,
): Generation | Refusal {
  if (typeof body.max_tokens !== 'number') {
    const message = "[{'type': 'missing', 'loc': ('body', 'max_tokens'), 'msg': 'Field required'}]"
    return { status: 400, type: 'BadRequestError', message }
  }
  const tools = asList(body.tools).map((tool) => ({
    type: 'function',
    function: { name: tool.name, parameters: tool.input_schema },
  }))
  const thinking = asObject(body.thinking).type
  return readChat(
    {
      ...body,
      messages: asList(body.messages).map(toolResultAsMessage),
      stop: body.stop_sequences,
      tool_choice: anthropicChoice(asObject(body.tool_choice)),
      ...(tools.length > 0 ? { tools } : {}),
      ...(thinking === 'disabled' ? { chat_template_kwargs: { enable_thinking: false } } : {}),
    },
    options,
    maxModelLen,
  )
}

/** Checks `POST /v1/responses`. */
export function readResponses(
  body: Body,
  options: ServeOptions,
  maxModelLen: number,
): Generation | Refusal {
  const input =
    typeof body.input === 'string'
      ? [{ role: 'user', content: body.input }]
      : asList(body.input).map((item) =>
          item.type === 'function_call_output'
            ? { role: 'tool', content: item.output }
            : { role: 'assistant', ...item },
        )
  const { format } = asObject(body.text)
  const schema = asObject(format)
  return readChat(
    {
      ...body,
      messages: input,
      max_tokens: body.max_output_tokens,
      ...(schema.type === 'json_schema'
        ? { response_format: { type: 'json_schema', json_schema: schema } }
        : {}),
    },
    options,
    maxModelLen,
  )
}

/** A message whose last part is the result of a tool stands for a message of that tool. */
function toolResultAsMessage(message: Body): Body {
  const last = asList(message.content).at(-1)
  return last?.type === 'tool_result' ? { role: 'tool', content: last.content } : message
}

function anthropicChoice(choice: Body): unknown {
  if (choice.type === 'any') return 'required'
  if (choice.type === 'tool') return { function: { name: choice.name } }
  return typeof choice.type === 'string' ? choice.type : undefined
}

function asList(value: unknown): Body[] {
  return Array.isArray(value) ? value.map(asObject) : []
}
