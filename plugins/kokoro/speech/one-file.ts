import { ControlError, type RawAnswer, type Upstream } from '#core'
import { fadeSeams } from '../audio/seams.ts'
import { openSpool, type Spool } from '../audio/spool.ts'
import { isPcm16, readWavHead, type WavFormat, wavHead } from '../audio/wav.ts'
import { kokoroError } from '../errors.ts'
import { askServer, readUpTo } from './ask.ts'
import { fileHeaders } from './headers.ts'
import { formatOf, type SpeechBody } from './request.ts'
import { splitSentences } from './sentences.ts'
import type { Tally } from './tally.ts'

/** One piece is a few sentences; slow speech of them is a few MB. */
const PIECE_BYTES = 64 * 1024 * 1024

/**
 * The sentences of a long text, where the caller asks for one file of samples; undefined where the
 * server's own answer is the file: short texts, compressed formats, tags whose meaning reaches over
 * sentences, links to a file at the server.
 */
export function piecesOf(request: SpeechBody): string[] | undefined {
  const format = formatOf(request)
  const isOurs = request.stream === false && (format === 'wav' || format === 'pcm')
  const { allow_voice_tags, ssml, return_download_link, return_timing, download_format } = request
  if (!isOurs || allow_voice_tags || ssml) return undefined
  if (return_download_link || return_timing || download_format) return undefined
  const pieces = splitSentences(request.input)
  return pieces.length > 1 ? pieces : undefined
}

/**
 * Speaks pieces one after the other and answers one file: one head with the right length, no gap and
 * no click where they meet. An error of any piece is the answer, since nothing has gone out before.
 */
export async function speakOneFile(
  server: Upstream,
  request: SpeechBody,
  pieces: readonly string[],
  { tally, signal }: { tally: Tally; signal: AbortSignal },
): Promise<RawAnswer> {
  const spool = await openSpool()
  try {
    const format = await joinPieces(server, request, pieces, spool, { tally, signal })
    const isWav = formatOf(request) === 'wav'
    const head = isWav ? wavHead(format, spool.sizeBytes) : Buffer.alloc(0)
    const headers = fileHeaders(formatOf(request), head.length + spool.sizeBytes)
    // who leaves before the first byte is read never starts the reading that would close it
    signal.addEventListener('abort', () => void spool.close(), { once: true })
    return { status: 200, headers, body: concat(head, spool) }
  } catch (thrown) {
    await spool.close()
    throw thrown
  }
}

async function joinPieces(
  server: Upstream,
  request: SpeechBody,
  pieces: readonly string[],
  spool: Spool,
  { tally, signal }: { tally: Tally; signal: AbortSignal },
): Promise<WavFormat> {
  let format: WavFormat | undefined
  for (const [at, input] of pieces.entries()) {
    // WAV, whatever was asked for: its head says how the samples lie
    const asked = { ...request, input, response_format: 'wav', stream: false }
    const bytes = await nameTheFailing(at, pieces.length, () =>
      tally.waiting(
        askServer(server, '/v1/audio/speech', asked, signal).then(({ body }) =>
          readUpTo(body, PIECE_BYTES),
        ),
      ),
    )
    const piece = samplesOf(bytes, at)
    if (format && JSON.stringify(format) !== JSON.stringify(piece.format))
      throw unjoinable(at, 'comes in another form than the one before')
    format = piece.format
    fadeSeams(piece.samples, format, { start: at > 0, end: at < pieces.length - 1 })
    if (at === 0) tally.heard(wavHead(format, 0))
    tally.heard(piece.samples)
    await spool.write(piece.samples)
  }
  if (!format) throw unjoinable(0, 'is missing')
  return format
}

function samplesOf(bytes: Buffer, at: number): { format: WavFormat; samples: Buffer } {
  // the rest of it was left at the server
  if (bytes.length >= PIECE_BYTES) throw unjoinable(at, `has more than ${PIECE_BYTES} bytes`)
  const wav = readWavHead(bytes)
  if (wav === undefined || wav === 'more') throw unjoinable(at, 'is no WAV')
  if (!isPcm16(wav.format)) throw unjoinable(at, 'is not 16-bit PCM')
  const frameBytes = wav.format.channels * 2
  const there = bytes.subarray(wav.startByte)
  if (wav.sizeBytes !== null && there.length < wav.sizeBytes) throw unjoinable(at, 'is cut off')
  const sizeBytes = Math.min(there.length, wav.sizeBytes ?? there.length)
  return {
    format: wav.format,
    // a copy, since fades change it
    samples: Buffer.from(there.subarray(0, sizeBytes - (sizeBytes % frameBytes))),
  }
}

const unjoinable = (at: number, why: string): ControlError =>
  kokoroError('AUDIO_UNJOINABLE', `Part ${at + 1} of the speech ${why}.`, {
    hint: 'Leave "stream": false out to get the audio as the server makes it.',
  })

async function nameTheFailing<T>(at: number, of: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    if (!(thrown instanceof ControlError)) throw thrown
    const { code, message, status, hint, details, retryAfterS } = thrown
    throw new ControlError(code, `Part ${at + 1} of ${of}: ${message}`, {
      ...{ status, details, cause: thrown },
      ...(hint !== undefined && { hint }),
      ...(retryAfterS !== undefined && { retryAfterS }),
    })
  }
}

async function* concat(head: Buffer, spool: Spool): AsyncGenerator<Buffer, void, undefined> {
  try {
    if (head.length > 0) yield head
    yield* spool.read()
  } finally {
    await spool.close()
  }
}
