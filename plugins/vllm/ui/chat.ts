import { CallError, open, readEvents } from '#ui'

export interface ChatMessage {
  role: 'user' | 'assistant'
  content: string
}

/** What a piece of the stream adds. */
export interface ChatPiece {
  text: string
  thoughts: string
  /** Tokens written so far, if the engine said so. */
  tokens: number | undefined
  /** Why it ended: `length` means that it was cut by its limit. */
  finish: string | undefined
}

interface Chunk {
  choices?: {
    delta?: {
      content?: string | null
      reasoning_content?: string | null
      reasoning?: string | null
    }
    finish_reason?: string | null
  }[]
  usage?: { completion_tokens?: number } | null
  error?: { message?: string; code?: string | null }
}

/** The questions of a talk that were answered, with their answers: chat templates such as Gemma's refuse two questions in a row. */
export const answered = (turns: readonly ChatMessage[]): ChatMessage[] =>
  turns
    .filter(({ content }, n) => content !== '' && turns[n + 1]?.content !== '')
    .map(({ role, content }) => ({ role, content }))

/** Asks the model and gives its answer as it is written. Throws CallError; a cut answer is one. */
export async function* streamChat(
  model: string,
  messages: readonly ChatMessage[],
  signal: AbortSignal,
): AsyncGenerator<ChatPiece> {
  const response = await open('POST /v1/chat/completions', {
    body: { model, messages, stream: true, stream_options: { include_usage: true } },
    signal,
  })
  for await (const { data } of readEvents(response.body ?? new ReadableStream())) {
    if (data === '[DONE]') return
    const chunk = JSON.parse(data) as Chunk
    if (chunk.error) {
      throw new CallError(502, {
        code: chunk.error.code ?? 'upstream_failed',
        message: chunk.error.message ?? 'The model broke off.',
      })
    }
    yield pieceOf(chunk)
  }
  throw new CallError(502, {
    code: 'upstream_failed',
    message: 'The answer broke off before its end.',
    hint: 'What came so far stands above. Ask again, or look at the log of the service.',
  })
}

function pieceOf({ choices, usage }: Chunk): ChatPiece {
  const [choice] = choices ?? []
  return {
    text: choice?.delta?.content ?? '',
    thoughts: choice?.delta?.reasoning_content ?? choice?.delta?.reasoning ?? '',
    tokens: usage?.completion_tokens,
    finish: choice?.finish_reason ?? undefined,
  }
}

/** What an error of a chat means for the person who asked. */
export function explain(error: CallError): { title: string; text: string | undefined } {
  const title = TITLES[error.code.toUpperCase()]
  return title ? { title, text: error.message } : { title: error.message, text: error.hint }
}

const TITLES: Record<string, string> = {
  MODEL_LOADING: 'The model is still being loaded.',
  MODEL_NOT_LOADED: 'This model is not loaded.',
  MODEL_NOT_FOUND: 'There is no such model.',
  DRAINING: 'The model is about to be replaced and takes no new questions.',
  OVERLOADED: 'The model has too much to do right now.',
  UPSTREAM_UNREACHABLE: 'The model does not answer.',
  UPSTREAM_TIMEOUT: 'The model took too long.',
}
