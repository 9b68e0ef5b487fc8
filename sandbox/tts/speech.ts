import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { type Download, keep } from './downloads.ts'
import { encode, TYPES } from './encode.ts'
import type { SpeechRequest } from './request.ts'
import { type Answering, leaving } from './serving.ts'
import { SAMPLE_RATE_HZ, type Sentence } from './speech-engine.ts'

/** `POST /v1/audio/speech`: chunks as they are made, or one file of known length. */
export async function answerSpeech(
  asked: SpeechRequest,
  { serving, downloads, response }: Answering,
): Promise<void> {
  const signal = leaving(response)
  const sentences = serving.engine.speak(asked, signal)
  const download = asked.hasLink ? downloads.open(asked.downloadFormat ?? asked.format) : undefined
  const kept = download && asked.hasTiming ? timed(sentences, download) : sentences
  response.setHeader('content-type', TYPES[asked.format])
  response.setHeader('content-disposition', `attachment; filename=speech.${asked.format}`)
  response.setHeader('cache-control', 'no-cache')
  if (download) {
    response.setHeader('x-download-path', `/download/${download.name}`)
    if (asked.hasTiming) response.setHeader('x-timing-path', `/download/${download.name}.json`)
  }
  if (!asked.isStream) return sendWhole(asked, kept, download, response, signal)
  response.setHeader('x-accel-buffering', 'no')
  const bytes = await encode(asked.format, samplesOf(kept), null, signal)
  await sendParts(bytes, download, response, serving.trouble() === 'cut', signal)
}

async function sendWhole(
  asked: SpeechRequest,
  sentences: AsyncIterable<Sentence>,
  download: Download | undefined,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const all: Int16Array[] = []
  for await (const { samples } of sentences) all.push(samples)
  const sizeBytes = all.reduce((sum, each) => sum + each.byteLength, 0)
  const parts: Buffer[] = []
  for await (const part of await encode(asked.format, listed(all), sizeBytes, signal))
    parts.push(part)
  const body = Buffer.concat(parts)
  if (download) keep(download, body)
  response.setHeader('content-length', body.length)
  response.end(body)
}

async function sendParts(
  bytes: AsyncIterable<Buffer>,
  download: Download | undefined,
  response: ServerResponse,
  isCut: boolean,
  signal: AbortSignal,
): Promise<void> {
  let parts = 0
  for await (const part of bytes) {
    if (download) keep(download, part)
    if (!response.write(part)) await once(response, 'drain', { signal })
    parts += 1
    // what went out already cannot be taken back, so an error is a connection that ends
    if (isCut && parts === 2) return void response.destroy()
  }
  response.end()
}

async function* timed(
  sentences: AsyncIterable<Sentence>,
  download: Download,
): AsyncIterable<Sentence> {
  download.timing = []
  let at = 0
  for await (const sentence of sentences) {
    const end = at + sentence.samples.length / SAMPLE_RATE_HZ
    download.timing.push({ text: sentence.text, start: at, end })
    at = end
    yield sentence
  }
}

async function* samplesOf(sentences: AsyncIterable<Sentence>): AsyncIterable<Int16Array> {
  for await (const { samples } of sentences) yield samples
}

async function* listed<T>(items: readonly T[]): AsyncIterable<T> {
  yield* items
}
