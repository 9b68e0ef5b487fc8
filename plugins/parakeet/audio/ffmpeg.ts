import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { speechError } from '../errors.ts'

/** Where a program lies on PATH; undefined where it is not installed. */
export function findProgram(name: string, path = process.env.PATH ?? ''): string | undefined {
  return path
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}

export interface DecodeOptions {
  sampleRate: number
  signal: AbortSignal
}

/**
 * Decodes audio of any kind to 16-bit mono samples, as a stream and without a file. It may open
 * nothing but what it is given: a playlist that names other places leads nowhere. Rejects with
 * AUDIO_UNREADABLE where nothing could be decoded, SPEECH_FAILED where the program was killed.
 */
export async function* decode(
  program: string,
  audio: AsyncIterable<Buffer>,
  { sampleRate, signal }: DecodeOptions,
): AsyncIterable<Buffer> {
  const over = new AbortController()
  const until = AbortSignal.any([signal, over.signal])
  const child = spawn(program, argsFor(sampleRate), {
    ...{ stdio: ['pipe', 'pipe', 'ignore'], signal: until, killSignal: 'SIGKILL' },
  })
  // its end is told by `ended`, and killing it is not a failure
  child.on('error', () => {})
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve)
    child.once('error', () => resolve(null))
  })
  const feeding = pipeline(Readable.from(audio), child.stdin, { signal: until }).catch(
    // one that has heard enough closes its input; one that breaks off says so at its end
    (error: unknown) => error,
  )
  let sizeBytes = 0
  try {
    for await (const part of child.stdout) {
      sizeBytes += (part as Buffer).byteLength
      yield part as Buffer
    }
    const exit = await ended
    signal.throwIfAborted()
    // most likely for want of memory: what came until then is not the whole
    if (exit === null)
      throw speechError('SPEECH_FAILED', 'The decoder of audio did not run to its end.')
    if (sizeBytes === 0)
      throw speechError('AUDIO_UNREADABLE', 'The file cannot be decoded: it is no sound.')
  } finally {
    over.abort()
    await feeding
  }
}

const argsFor = (sampleRate: number): string[] => [
  ...['-v', 'error', '-nostdin', '-protocol_whitelist', 'pipe', '-threads', '1'],
  ...['-i', 'pipe:0', '-map', '0:a:0', '-vn', '-ac', '1', '-ar', String(sampleRate)],
  ...['-f', 's16le', 'pipe:1'],
]
