import type { DiarizedTranscript } from '../merge/diarized.ts'
import type { Segment } from '../transcript.ts'

/** Server-sent events of a transcript that came in one piece, in OpenAI's words: one delta a segment. */
export function* writeTextEvents(text: string, segments: readonly Segment[]): Iterable<Buffer> {
  let told = ''
  for (const { text: part } of segments) {
    const delta = told === '' ? part : ` ${part}`
    // segments that do not make up the text would tell something else than the end does
    if (!text.startsWith(told + delta)) break
    told += delta
    yield event({ type: 'transcript.text.delta', delta })
  }
  const rest = text.slice(told.length)
  if (rest !== '') yield event({ type: 'transcript.text.delta', delta: rest })
  yield event({ type: 'transcript.text.done', text })
}

/** The same of a transcript whose speakers are known: one event a segment. */
export function* writeSegmentEvents({ segments, text }: DiarizedTranscript): Iterable<Buffer> {
  for (const segment of segments) yield event(segment)
  yield event({ type: 'transcript.text.done', text })
}

/** One event, named as its type says. */
export const event = (data: { type: string; [key: string]: unknown }): Buffer =>
  Buffer.from(`event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`)
