import type { RawAnswer } from '#core'
import { cutCues } from '../formats/cues.ts'
import { writeSegmentEvents, writeTextEvents } from '../formats/events.ts'
import { writeSrt, writeVtt } from '../formats/subtitles.ts'
import { writeVerbose } from '../formats/verbose.ts'
import type { DiarizedTranscript } from '../merge/diarized.ts'
import { round } from '../round.ts'
import type { Transcript } from '../transcript.ts'
import type { Heard } from './heard.ts'
import type { Options } from './options.ts'

/** The answer a caller gets, in the form that was asked for. */
export function writeAnswer(heard: Heard): RawAnswer {
  if ('events' in heard) return events(heard.events, {})
  const { options, transcript, diarized, warning } = heard
  const given = diarized ? writeDiarized(options, diarized) : writeText(options, transcript)
  if (warning !== undefined) given.headers['x-transcript-warning'] = warning
  return given
}

function writeText(options: Options, transcript: Transcript): RawAnswer {
  if (!options.isStream) return writeWhole(options, transcript)
  // the server does not stream: the whole comes at once, and the answer says so
  return events(writeTextEvents(transcript.text, transcript.segments), WHOLE)
}

const writeDiarized = ({ isStream }: Options, diarized: DiarizedTranscript): RawAnswer =>
  isStream ? events(writeSegmentEvents(diarized), WHOLE) : json(diarized)

const WHOLE = { 'x-transcript-stream': 'whole' }

function writeWhole(options: Options, transcript: Transcript): RawAnswer {
  switch (options.format) {
    case 'text':
      return answer('text/plain; charset=utf-8', `${transcript.text}\n`)
    case 'srt':
      return answer('application/x-subrip; charset=utf-8', writeSrt(cutCues(transcript)))
    case 'vtt':
      return answer('text/vtt; charset=utf-8', writeVtt(cutCues(transcript)))
    case 'verbose_json': {
      const hasWords = options.granularities.has('word')
      return json(writeVerbose(transcript, { language: options.language, hasWords }))
    }
    default:
      return json({ text: transcript.text, ...usage(transcript) })
  }
}

const usage = ({ length }: Transcript) =>
  length ? { usage: { type: 'duration' as const, seconds: round(length.seconds) } } : {}

export const json = (value: unknown): RawAnswer =>
  answer('application/json; charset=utf-8', JSON.stringify(value))

const answer = (type: string, text: string): RawAnswer => {
  const bytes = Buffer.from(text)
  return {
    status: 200,
    headers: { 'content-type': type, 'content-length': String(bytes.byteLength) },
    body: once(bytes),
  }
}

async function* once(bytes: Buffer): AsyncIterable<Buffer> {
  yield bytes
}

export const events = (
  body: AsyncIterable<Buffer> | Iterable<Buffer>,
  headers: Record<string, string>,
): RawAnswer => ({
  status: 200,
  headers: {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    // nginx and its like hold events back unless told
    'x-accel-buffering': 'no',
  },
  body: each(body),
})

async function* each(parts: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncIterable<Buffer> {
  yield* parts
}
