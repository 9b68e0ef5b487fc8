import { Nullable, type Static, Type } from '#core'

/** A voice as this kind shows it, whatever form its server lists it in. */
export const Voice = Type.Object({
  id: Type.String(),
  name: Type.String(),
  /** BCP 47, by the first letter of the id; null where it says nothing. */
  language: Nullable(Type.String()),
  gender: Nullable(Type.Union([Type.Literal('female'), Type.Literal('male')])),
})
export type Voice = Static<typeof Voice>

const LANGUAGES: Record<string, string> = {
  ...{ a: 'en-US', b: 'en-GB', e: 'es', f: 'fr', h: 'hi', i: 'it', j: 'ja', p: 'pt-BR', z: 'zh' },
}
/** What can stand in a mix without being taken for a part of its grammar. */
const ID = /^[\p{L}\p{N}_.]{1,100}$/u
const MOST = 2_000

/**
 * The voices of `GET /v1/audio/voices`: strings from older servers, `{ id, name }` from newer ones;
 * undefined if it is no such list. Names that could not be asked for are left out.
 */
export function readVoices(body: unknown): Voice[] | undefined {
  const list = (body as { voices?: unknown } | null)?.voices
  if (!Array.isArray(list)) return undefined
  const voices = new Map<string, Voice>()
  for (const each of list.slice(0, MOST)) {
    const { id, name } = (typeof each === 'string' ? { id: each } : (each ?? {})) as {
      id?: unknown
      name?: unknown
    }
    const known = id ?? name
    if (typeof known !== 'string' || !ID.test(known) || voices.has(known)) continue
    voices.set(known, voiceOf(known, typeof name === 'string' ? name : known))
  }
  return [...voices.values()]
}

/** Kokoro's packs are named by language and gender: `af_heart` is an American woman. */
function voiceOf(id: string, name: string): Voice {
  const [, language = '', gender] = /^([a-z])([fm])_/.exec(id) ?? []
  return {
    id,
    name: /^[^\p{Cc}]{1,100}$/u.test(name) ? name : id,
    language: LANGUAGES[language] ?? null,
    gender: gender === 'f' ? 'female' : gender === 'm' ? 'male' : null,
  }
}

/** OpenAI's names, which the server takes for voices of its own (openai_mappings.json). */
export const OPENAI_VOICES = [
  ...['alloy', 'ash', 'coral', 'echo', 'fable', 'nova', 'onyx', 'sage', 'shimmer'],
] as const
