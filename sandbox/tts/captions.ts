import { encode, TYPES } from './encode.ts'
import type { SpeechRequest } from './request.ts'
import { type Answering, leaving, sendJson } from './serving.ts'
import { SAMPLE_RATE_HZ, type Sentence, type TimedWord } from './speech-engine.ts'

interface Captioned {
  audio: string
  audio_format: string
  timestamps: TimedWord[] | null
}

/** `POST /dev/captioned_speech`: one JSON object, or one a line as sentences are made. */
export async function answerCaptions(
  asked: SpeechRequest,
  { serving, response }: Answering,
): Promise<void> {
  const signal = leaving(response)
  const sentences = serving.engine.speak(asked, signal)
  if (!asked.isStream) {
    const all: Sentence[] = []
    for await (const sentence of sentences) all.push(sentence)
    return sendJson(response, 200, await captioned(asked, all, 0, signal))
  }
  response.setHeader('content-type', 'application/json')
  let at = 0
  for await (const sentence of sentences) {
    response.write(`${JSON.stringify(await captioned(asked, [sentence], at, signal))}\n`)
    at += sentence.samples.length / SAMPLE_RATE_HZ
    if (serving.trouble() === 'cut') return void response.destroy()
  }
  response.end()
}

async function captioned(
  asked: SpeechRequest,
  sentences: readonly Sentence[],
  startS: number,
  signal: AbortSignal,
): Promise<Captioned> {
  const words: TimedWord[] = []
  let at = startS
  for (const { samples, words: own } of sentences) {
    for (const { word, start_time, end_time } of own)
      words.push({ word, start_time: at + start_time, end_time: at + end_time })
    at += samples.length / SAMPLE_RATE_HZ
  }
  const sizeBytes = sentences.reduce((sum, { samples }) => sum + samples.byteLength, 0)
  const parts: Buffer[] = []
  for await (const part of await encode(asked.format, samplesOf(sentences), sizeBytes, signal))
    parts.push(part)
  return {
    audio: Buffer.concat(parts).toString('base64'),
    audio_format: TYPES[asked.format],
    timestamps: asked.hasTimestamps ? words : null,
  }
}

async function* samplesOf(sentences: readonly Sentence[]): AsyncIterable<Int16Array> {
  for (const { samples } of sentences) yield samples
}
