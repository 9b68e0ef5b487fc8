/** The voice packs of Kokoro 1.0: language and gender, then a name. */
export const VOICES: readonly string[] = [
  ...named('af', 'alloy aoede bella heart jessica kore nicole nova river sarah sky'),
  ...named('am', 'adam echo eric fenrir liam michael onyx puck santa'),
  ...named('bf', 'alice emma isabella lily'),
  ...named('bm', 'daniel fable george lewis'),
  ...named('ef', 'dora'),
  ...named('em', 'alex santa'),
  ...named('ff', 'siwis'),
  ...named('hf', 'alpha beta'),
  ...named('hm', 'omega psi'),
  ...named('if', 'sara'),
  ...named('im', 'nicola'),
  ...named('jf', 'alpha gongitsune nezumi tebukuro'),
  ...named('jm', 'kumo'),
  ...named('pf', 'dora'),
  ...named('pm', 'alex santa'),
  ...named('zf', 'xiaobei xiaoni xiaoxiao xiaoyi'),
  ...named('zm', 'yunjian yunxi yunxia yunyang'),
]

/** OpenAI's names, as openai_mappings.json of the server has them. */
export const OPENAI_VOICES: Readonly<Record<string, string>> = {
  alloy: 'am_adam',
  ash: 'af_nicole',
  coral: 'bf_emma',
  echo: 'af_bella',
  fable: 'af_sarah',
  onyx: 'bm_george',
  nova: 'bf_isabella',
  sage: 'am_michael',
  shimmer: 'af_sky',
}

export const MODELS = ['tts-1', 'tts-1-hd', 'kokoro', 'gpt-4o-mini-tts'] as const

/** A voice of a mix; weights add up to 1, those taken away count negative. */
export interface Share {
  voice: string
  weight: number
}

/** The voices of a mix as the server reads it; throws what its 400 says. */
export function readMix(written: string, known: readonly string[]): Share[] {
  const text = written.replaceAll(' ', '')
  if (text === '') throw new Error('No voice was given')
  if (/^[+-]|[+-]$/.test(text)) throw new Error(`Voice combination cannot start or end with + or -`)
  if (/[+-]{2}/.test(text)) throw new Error('Voice combination contains empty combinator')
  const words = text.split(/([+-])/)
  const shares: Share[] = []
  for (let at = 0; at < words.length; at += 2) {
    const [, name = '', weight = '1'] = /^([^()]+)(?:\(([^()]*)\))?$/.exec(words[at] ?? '') ?? []
    const voice = OPENAI_VOICES[name] ?? name
    if (!known.includes(voice))
      throw new Error(`Voice '${name}' not found. Available voices: ${known.join(', ')}`)
    const value = Number(weight)
    if (!Number.isFinite(value) || value <= 0) throw new Error(`Invalid voice weight '${weight}'`)
    shares.push({ voice, weight: words[at - 1] === '-' ? -value : value })
  }
  const sum = shares.reduce((all, { weight }) => all + Math.abs(weight), 0)
  return shares.map(({ voice, weight }) => ({ voice, weight: weight / sum }))
}

function named(prefix: string, names: string): string[] {
  return names.split(' ').map((name) => `${prefix}_${name}`)
}
