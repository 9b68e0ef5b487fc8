import type { Word } from '../words.ts'

/** Two hearings of one word from neighbouring windows begin at most so far apart, in seconds. */
const SAME_START_S = 0.35
/** One mouth cannot say a word twice in overlapping time; so much overlap is one word heard twice. */
const SAME_OVERLAP = 0.5

interface Heard<W extends Word> {
  word: W
  text: string
  /** Which stretch of rising times it came in: servers write window after window. */
  window: number
  /** All windows it was heard in; one window hears a word once. */
  windows: Set<number>
}

/**
 * Puts the words of overlapping windows in order and keeps each once. Servers that cut long audio in
 * windows write one after the other, so at a seam times jump back and some words stand twice; what is
 * said twice ("no, no") stays. Nothing is lost that has no twin.
 */
export function joinSeams<W extends Word>(words: readonly W[]): W[] {
  const sorted = inWindows(words).sort((a, b) => a.word.start - b.word.start)
  const kept: Heard<W>[] = []
  for (const heard of sorted) {
    const twin = twinOf(kept, heard)
    if (twin) twin.windows.add(heard.window)
    else kept.push(heard)
  }
  return kept.map(({ word }) => word)
}

function inWindows<W extends Word>(words: readonly W[]): Heard<W>[] {
  let window = 0
  let before = Number.NEGATIVE_INFINITY
  return words.map((word) => {
    if (word.start < before) window += 1
    before = word.start
    const text = word.word.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')
    return { word, window, windows: new Set([window]), text }
  })
}

function twinOf<W extends Word>(kept: readonly Heard<W>[], heard: Heard<W>): Heard<W> | undefined {
  if (heard.text === '') return undefined
  for (let at = kept.length - 1; at >= 0; at -= 1) {
    const other = kept[at] as Heard<W>
    // by start they are sorted; the longest words end within two seconds
    if (heard.word.start - other.word.start > 2) return undefined
    if (other.text === heard.text && isOneWord(other, heard)) return other
  }
  return undefined
}

function isOneWord(a: Heard<Word>, b: Heard<Word>): boolean {
  const isOtherWindow = !a.windows.has(b.window)
  if (isOtherWindow && Math.abs(a.word.start - b.word.start) <= SAME_START_S) return true
  const shorter = Math.min(a.word.end - a.word.start, b.word.end - b.word.start)
  const overlap = Math.min(a.word.end, b.word.end) - Math.max(a.word.start, b.word.start)
  return shorter > 0 && overlap > SAME_OVERLAP * shorter
}
