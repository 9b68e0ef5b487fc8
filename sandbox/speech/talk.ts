/** A word of the simulated talk; seconds. */
export interface TalkWord {
  word: string
  start: number
  end: number
  speaker: number
}

/** What the simulated server hears in any audio: two people plan a launch, over and over. */
const TALK: readonly (readonly [speaker: number, text: string])[] = [
  [0, 'Good morning, this is the simulated transcript of your recording.'],
  [1, 'Thanks. Nobody has listened to it, so please do not quote us.'],
  [0, 'Let us use the time and go through the plan for Monday.'],
  [1, 'The first shelf is wired, the second one waits for its switch.'],
  [0, 'And who calls the carrier?'],
  [1, 'I do. They promised to come before noon.'],
]

const SECONDS_A_LETTER = 0.065
const GAP_S = 0.05
const PAUSE_S = 0.6

/** The words said in so many seconds: as many as fit, always the same. */
export function talkFor(seconds: number): TalkWord[] {
  const words: TalkWord[] = []
  let at = 0.3
  for (let line = 0; ; line += 1) {
    const [speaker, text] = TALK[line % TALK.length] as (typeof TALK)[number]
    for (const word of text.split(' ')) {
      const end = at + word.length * SECONDS_A_LETTER
      if (end > seconds) return words
      words.push({ word, start: ms(at), end: ms(end), speaker })
      at = end + GAP_S
    }
    at += PAUSE_S
  }
}

/** Stretches of one speaker, in order. */
export function turnsOf(words: readonly TalkWord[]): Omit<TalkWord, 'word'>[] {
  const turns: Omit<TalkWord, 'word'>[] = []
  for (const { start, end, speaker } of words) {
    const last = turns.at(-1)
    if (last?.speaker === speaker && start - last.end < PAUSE_S) last.end = end
    else turns.push({ start, end, speaker })
  }
  return turns
}

/** Words of one sentence together. */
export function sentencesOf(words: readonly TalkWord[]): TalkWord[][] {
  const sentences: TalkWord[][] = [[]]
  for (const word of words) {
    sentences.at(-1)?.push(word)
    if (/[.?]$/.test(word.word)) sentences.push([])
  }
  return sentences.filter(({ length }) => length > 0)
}

export const textOf = (words: readonly TalkWord[]): string =>
  words.map(({ word }) => word).join(' ')

const ms = (seconds: number): number => Math.round(seconds * 1000) / 1000
