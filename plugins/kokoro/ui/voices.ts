import type { Voice } from '../voices/voice.ts'

export type { Voice }

/** A voice of a mix, and how much of it. */
export interface Share {
  voice: string
  /** As it is typed. */
  weight: string
}

const LANGUAGES: Record<string, string> = {
  'en-US': 'American English',
  'en-GB': 'British English',
  es: 'Spanish',
  fr: 'French',
  hi: 'Hindi',
  it: 'Italian',
  ja: 'Japanese',
  'pt-BR': 'Brazilian Portuguese',
  zh: 'Chinese',
}

/** `Heart` of `af_heart`. */
export function titleOf({ id, name }: Pick<Voice, 'id' | 'name'>): string {
  const word = (name === id ? id.replace(/^[a-z]{2}_/, '') : name).replaceAll('_', ' ')
  return word.charAt(0).toUpperCase() + word.slice(1)
}

/** `American English, female`; the id where nothing more is known. */
export function describeVoice({ language, gender, id }: Voice): string {
  const words = [language && (LANGUAGES[language] ?? language), gender].filter(Boolean)
  return words.length > 0 ? words.join(', ') : id
}

/** The voices all of whose words match what is searched for; in their order. */
export function findVoices(voices: readonly Voice[], wanted: string): Voice[] {
  const words = wordsOf(wanted)
  return voices.filter((voice) => {
    // "male" is not to be found in "female"
    const text = wordsOf(`${voice.id} ${titleOf(voice)} ${describeVoice(voice)}`)
    return words.every((word) => text.some((own) => own.startsWith(word)))
  })
}

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[\s,_]+/)
    .filter(Boolean)

/** Whether a share can be asked for. */
export const isWeight = (text: string): boolean =>
  /^\d{1,6}(\.\d{1,6})?$/.test(text.trim()) && Number(text) > 0

/** The mix as it is sent; undefined while a share is none. */
export function mixOf(shares: readonly Share[]): string | undefined {
  if (shares.length === 0 || !shares.every(({ weight }) => isWeight(weight))) return undefined
  if (shares.length === 1) return shares[0]?.voice
  return shares.map(({ voice, weight }) => `${voice}(${Number(weight)})`).join('+')
}
