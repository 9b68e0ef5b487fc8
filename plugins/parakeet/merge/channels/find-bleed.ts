import { type Static, Type } from '#core'
import { Word } from '../../words.ts'
import { type Levels, levelBetween } from './levels.ts'
import { areSimilar, plainWord } from './similar.ts'

/** A channel with its words in order of time. */
export interface HeardChannel {
  name: string
  words: readonly Word[]
  levels?: Levels
}

/** A word that was left out, since it only leaked from another channel. */
export const DroppedWord = Type.Intersect([
  Word,
  Type.Object({
    channel: Type.String(),
    reason: Type.Literal('bleed'),
    echo_of: Type.Object(
      { channel: Type.String(), word: Type.String(), start: Type.Number() },
      { description: 'the word on the other channel' },
    ),
    quieter_db: Type.Number({ description: 'how much quieter it is than that channel meanwhile' }),
  }),
])
export type DroppedWord = Static<typeof DroppedWord>

export interface BleedRule {
  /** A word this much quieter than the other channel may be bleed. */
  bleed_db: number
  /** The word it echoes begins within this time of it. */
  echo_window_s: number
}

/** Levels are compared over a word and a little around it, since words of recognisers are shifted. */
const AROUND_S = 0.1

/** More words than anybody says in the window are not looked at. */
const MOST_IN_WINDOW = 100

/**
 * Words of a channel that leaked into it: quieter than another channel meanwhile AND echoing one of
 * its words. Either alone proves nothing: a quiet word under loud bleed is quieter, and two who say
 * "yeah" at once echo each other. Channels without levels lose nothing.
 */
export function findBleed(
  channel: HeardChannel,
  others: readonly HeardChannel[],
  rule: BleedRule,
): DroppedWord[] {
  const next = others.map(() => 0)
  return channel.words.flatMap((word) => {
    for (const [index, other] of others.entries()) {
      next[index] = firstFrom(other.words, word.start - rule.echo_window_s, next[index] as number)
      const quieterDb = quieterBy(word, channel, other)
      if (quieterDb === undefined || quieterDb < rule.bleed_db) continue
      const echo = findEcho(word, other.words, next[index] as number, rule.echo_window_s)
      if (!echo) continue
      return [
        {
          ...word,
          channel: channel.name,
          reason: 'bleed' as const,
          echo_of: { channel: other.name, word: echo.word, start: echo.start },
          quieter_db: Math.round(quieterDb * 10) / 10,
        },
      ]
    }
    return []
  })
}

function quieterBy(word: Word, own: HeardChannel, other: HeardChannel): number | undefined {
  if (!own.levels || !other.levels) return undefined
  const [start, end] = [word.start - AROUND_S, word.end + AROUND_S]
  return levelBetween(other.levels, start, end) - levelBetween(own.levels, start, end)
}

function firstFrom(words: readonly Word[], time: number, from: number): number {
  let index = from
  while (index < words.length && (words[index] as Word).start < time) index++
  return index
}

/** The nearest similar word that begins within the window. */
function findEcho(word: Word, words: readonly Word[], from: number, windowS: number) {
  const plain = plainWord(word.word)
  let best: Word | undefined
  for (const other of words.slice(from, from + MOST_IN_WINDOW)) {
    if (other.start > word.start + windowS) break
    const isNearer = !best || Math.abs(other.start - word.start) < Math.abs(best.start - word.start)
    if (isNearer && areSimilar(plain, plainWord(other.word))) best = other
  }
  return best
}
