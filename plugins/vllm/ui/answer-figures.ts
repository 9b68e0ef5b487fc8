import { formatNumber, formatSeconds } from '#ui'

/** How an answer went: `*At` in ms since the epoch, null while there was no word yet. */
export interface AnswerCourse {
  askedAt: number
  firstAt: number | null
  lastAt: number | null
  tokens: number
  isStreaming: boolean
  isStopped: boolean
  isCut: boolean
}

// What came in less was delivered in one piece: its rate would be that of the wire.
const SHORTEST_FOR_A_RATE_S = 0.2

/** The line under an answer: tokens, tokens/s where that can be told, the wait for the first word. */
export function describeAnswer(answer: AnswerCourse): string {
  const { askedAt, firstAt, lastAt, tokens, isStreaming, isStopped, isCut } = answer
  if (firstAt === null) {
    if (isStreaming) return 'Reading your message…'
    return isStopped ? 'Stopped.' : 'No answer came.'
  }
  const seconds = ((lastAt ?? firstAt) - firstAt) / 1000
  // The first token ends the wait; the rate is that of the others.
  const rate =
    seconds > SHORTEST_FOR_A_RATE_S ? `${formatNumber((tokens - 1) / seconds)} tokens/s` : ''
  const wait = `first word after ${formatSeconds((firstAt - askedAt) / 1000)}`
  return [
    `${formatNumber(tokens)} tokens`,
    rate,
    wait,
    isStopped ? 'stopped' : '',
    isCut ? 'cut at its length limit' : '',
  ]
    .filter(Boolean)
    .join(' · ')
}
