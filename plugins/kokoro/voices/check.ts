import { listNames, suggest } from '#core'
import { kokoroError } from '../errors.ts'
import { formatMix, parseMix } from './mix.ts'
import { OPENAI_VOICES } from './voice.ts'

/** What a service's server can speak with. */
export interface KnownVoices {
  service: string
  /** Ids the server lists; empty: nobody knows yet, so every name may be right. */
  ids: readonly string[]
}

/**
 * The voice or mix as it is sent. Throws VOICE_UNKNOWN with the names that come near, or
 * VOICE_MIX_INVALID. `aliases` are names the request itself defines.
 */
export function checkVoice(
  written: string,
  known: KnownVoices,
  { path = 'voice', aliases = [] }: { path?: string; aliases?: readonly string[] } = {},
): string {
  const parts = parseMix(written, path)
  if (known.ids.length === 0) return formatMix(parts)
  const names = [...known.ids, ...OPENAI_VOICES, ...aliases]
  const stranger = parts.find(({ voice }) => !names.includes(voice))
  if (!stranger) return formatMix(parts)
  const near = findNear(stranger.voice, names)
  throw kokoroError('VOICE_UNKNOWN', `There is no voice "${stranger.voice}" on ${known.service}.`, {
    hint:
      near.length > 0
        ? `Near it: ${listNames(near)}. GET /v1/audio/voices lists all ${known.ids.length}.`
        : `It has ${listNames(known.ids)}; GET /v1/audio/voices lists all.`,
    details: [{ path, message: `"${stranger.voice}" is no voice of ${known.service}` }],
  })
}

const MOST_NEAR = 3

/** Slips of the finger first, then names that hold what was written or end like it. */
export function findNear(written: string, names: readonly string[]): string[] {
  const near: string[] = []
  const rest = new Set(names)
  for (let name = suggest(written, rest); name !== undefined; name = suggest(written, rest)) {
    near.push(name)
    rest.delete(name)
    if (near.length === MOST_NEAR) return near
  }
  const wanted = written.toLowerCase()
  const given = wanted.replace(/^[a-z]{2}_/, '')
  for (const name of rest) {
    const own = name.toLowerCase().replace(/^[a-z]{2}_/, '')
    if (own === given || (given.length > 2 && own.includes(given))) near.push(name)
    if (near.length === MOST_NEAR) break
  }
  return near
}
