import type { Format } from '../audio/clock.ts'
import { rewriteLink } from './links.ts'

const TYPES: Record<Format, string> = {
  mp3: 'audio/mpeg',
  opus: 'audio/opus',
  aac: 'audio/aac',
  flac: 'audio/flac',
  wav: 'audio/wav',
  pcm: 'audio/pcm',
}

/** Headers of an answer of audio: the server's own where they are understood, its links made ours. */
export function audioHeaders(
  given: Record<string, string>,
  { format, service }: { format: Format; service: string },
): Record<string, string> {
  const length = given['content-length']
  const headers: Record<string, string> = {
    'content-type': /^audio\/[\w.+-]+/.exec(given['content-type'] ?? '')?.[0] ?? TYPES[format],
    'content-disposition': `attachment; filename=speech.${format}`,
    'cache-control': 'no-cache',
    // nginx and its like hold a stream back unless told
    'x-accel-buffering': 'no',
    ...(length !== undefined && /^\d+$/.test(length) && { 'content-length': length }),
  }
  for (const [name, value] of Object.entries(given)) {
    if (name === 'x-download-status' && /^[\w -]{1,50}$/.test(value)) headers[name] = value
    if (name !== 'x-download-path' && name !== 'x-timing-path') continue
    const link = rewriteLink(value, service)
    if (link !== undefined) headers[name] = link
  }
  return headers
}

/** Headers of audio made here, of a size that is known. */
export const fileHeaders = (format: Format, sizeBytes: number): Record<string, string> => ({
  'content-type': TYPES[format],
  'content-disposition': `attachment; filename=speech.${format}`,
  'cache-control': 'no-cache',
  'content-length': String(sizeBytes),
})

/** Headers of captions: one JSON object, or one a line as they are made. */
export const captionHeaders = (isStream: boolean): Record<string, string> => ({
  'content-type': `application/${isStream ? 'x-ndjson' : 'json'}; charset=utf-8`,
  'cache-control': 'no-cache',
  ...(isStream && { 'x-accel-buffering': 'no' }),
})
