import { ControlError, type Service } from '#core'
import { createMeter, type SpeechMeter } from './audio/meter.ts'
import { kokoroError } from './errors.ts'
import type { Settings } from './settings.ts'
import type { LastError } from './speech/tally.ts'
import { readVoices, type Voice } from './voices/voice.ts'

/** What is known of a service's server and of what went through to it. */
export interface Speaker {
  readonly meter: SpeechMeter
  voices(): readonly Voice[]
  models(): readonly string[]
  lastError(): LastError | null
  noteError(error: LastError): void
  /**
   * Reads voices and models if they are older than `maxAgeMs`. Throws UPSTREAM_* | VOICES_UNREADABLE.
   */
  refresh(maxAgeMs: number, signal: AbortSignal): Promise<void>
  /** The server went away: another one may come back in its place. */
  forget(): void
  /**
   * Runs a check against the ids of the voices; once more with a fresh list if one seems not to be
   * there. Ids are empty when nobody knows.
   */
  withVoices<T>(signal: AbortSignal, check: (ids: readonly string[]) => T): Promise<T>
}

const TIMEOUT_MS = 4_000
const LIST_BYTES = 1024 * 1024
/** A voice that was just added is found; one that is asked for again and again costs nothing. */
const STALE_MS = 10_000
const MOST_MODELS = 100

const speakers = new WeakMap<object, Speaker>()

/** Probe, routes and door of a service share one. */
export function speakerOf(service: Service<Settings>): Speaker {
  const before = speakers.get(service)
  if (before) return before
  const fresh = createSpeaker(service)
  speakers.set(service, fresh)
  return fresh
}

function createSpeaker(service: Service<Settings>): Speaker {
  const meter = createMeter()
  const known = { voices: [] as Voice[], models: [] as string[], readMs: Number.NEGATIVE_INFINITY }
  let lastError: LastError | null = null
  const ids = () => known.voices.map(({ id }) => id)
  const refresh = async (maxAgeMs: number, signal: AbortSignal) => {
    if (service.clock.now() - known.readMs < maxAgeMs) return
    const [voices, models] = await readLists(service, signal)
    Object.assign(known, { voices, models, readMs: service.clock.now() })
  }
  return {
    meter,
    voices: () => known.voices,
    models: () => known.models,
    lastError: () => lastError,
    noteError(error) {
      lastError = error
    },
    refresh,
    forget() {
      known.readMs = Number.NEGATIVE_INFINITY
    },
    async withVoices(signal, check) {
      // without a list the server itself says what it has not
      if (known.voices.length === 0) await refresh(STALE_MS, signal).catch(unlessLeft(signal))
      try {
        return check(ids())
      } catch (thrown) {
        if (!isUnknownVoice(thrown)) throw thrown
        await refresh(STALE_MS, signal).catch(unlessLeft(signal))
        return check(ids())
      }
    },
  }
}

async function readLists(
  service: Service<Settings>,
  signal: AbortSignal,
): Promise<[Voice[], string[]]> {
  const server = service.http()
  const options = { signal, timeoutMs: TIMEOUT_MS, maxBytes: LIST_BYTES }
  const said = await server.request('/v1/audio/voices', options)
  const voices = said.status === 200 ? readVoices(said.json()) : undefined
  if (!voices || voices.length === 0)
    throw kokoroError(
      'VOICES_UNREADABLE',
      `GET /v1/audio/voices answers ${said.status === 200 ? 'no voices' : said.status}.`,
      { hint: `Look whether ${service.id} is a Kokoro server, and what its log says.` },
    )
  const listed = await server.request('/v1/models', options)
  return [voices, listed.status === 200 ? readModels(listed.json()) : []]
}

function readModels(body: unknown): string[] {
  const list = (body as { data?: unknown } | null)?.data
  if (!Array.isArray(list)) return []
  const ids = list.flatMap((model: { id?: unknown } | null) =>
    typeof model?.id === 'string' && /^[^\p{Cc}\p{Cs}]{1,200}$/u.test(model.id) ? [model.id] : [],
  )
  return [...new Set(ids)].slice(0, MOST_MODELS)
}

const isUnknownVoice = (thrown: unknown): boolean =>
  thrown instanceof ControlError && thrown.code === 'VOICE_UNKNOWN'

/** What goes wrong with the list is for the probe to say; the request itself will tell the caller. */
const unlessLeft = (signal: AbortSignal) => () => signal.throwIfAborted()
