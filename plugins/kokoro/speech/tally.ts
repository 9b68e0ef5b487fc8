import { asControlError, type Clock } from '#core'
import { createAudioClock, type Format } from '../audio/clock.ts'
import type { SpeechMeter } from '../audio/meter.ts'

/** What is measured of one request while its audio passes. */
export interface Tally {
  /** Counts how long the server was waited for. */
  waiting<T>(work: Promise<T>): Promise<T>
  heard(bytes: Buffer): void
  done(): void
  /** Neither done nor failed: the caller went. What comes after an end counts for nothing. */
  left(): void
  failed(thrown: unknown): void
}

/** The last thing that went wrong at the server. */
export interface LastError {
  atMs: number
  code: string
  message: string
}

export interface TallyOptions {
  clock: Clock
  meter: SpeechMeter
  /** `captions` carry their audio as text, so its length is not counted. */
  format: Format | 'captions'
  characters: number
  /** Aborted when the caller leaves, which is no failure of the server. */
  signal: AbortSignal
  onError(error: LastError): void
}

export function createTally(options: TallyOptions): Tally {
  const { clock, meter, format, characters, signal } = options
  const audio = format === 'captions' ? undefined : createAudioClock(format)
  const startMs = clock.now()
  let waitedMs = 0
  let firstByteS: number | null = null
  let isOver = false
  const end = (outcome: 'ok' | 'failed' | 'left') => {
    if (isOver) return
    isOver = true
    const tookS = waitedMs / 1000
    meter.note({ format, outcome, characters, audioS: audio?.seconds() ?? null, tookS, firstByteS })
  }
  return {
    async waiting(work) {
      const sinceMs = clock.now()
      try {
        return await work
      } finally {
        waitedMs += clock.now() - sinceMs
      }
    },
    heard(bytes) {
      firstByteS ??= (clock.now() - startMs) / 1000
      audio?.take(bytes)
    },
    done: () => end('ok'),
    left: () => end('left'),
    failed(thrown) {
      if (isOver) return
      if (signal.aborted) return end('left')
      const { code, message } = asControlError(thrown)
      options.onError({ atMs: clock.now(), code, message })
      end('failed')
    },
  }
}

/** The same bytes, counted as they pass. */
export async function* tallied(
  body: AsyncIterable<Buffer>,
  tally: Tally,
): AsyncGenerator<Buffer, void, undefined> {
  const parts = body[Symbol.asyncIterator]()
  try {
    for (;;) {
      const part = await tally.waiting(parts.next())
      if (part.done) break
      tally.heard(part.value)
      yield part.value
    }
    tally.done()
  } catch (thrown) {
    tally.failed(thrown)
    throw thrown
  } finally {
    tally.left()
    await parts.return?.()
  }
}
