import { type SpokenWord, UNKNOWN_SPEAKER } from './diarized.ts'

/** Label of a speaker in the turns → her name in the answer: the same, or OpenAI's A, B, …, Z, AA. */
export function nameSpeakers(
  words: readonly SpokenWord[],
  labels: 'given' | 'letters',
): Map<string, string> {
  const given = [...new Set(words.map(({ speaker }) => speaker))]
  if (labels === 'given') return new Map(given.map((label) => [label, label]))
  const known = given.filter((label) => label !== UNKNOWN_SPEAKER)
  return new Map(known.map((label, index) => [label, letters(index)]))
}

function letters(index: number): string {
  const letter = String.fromCharCode('A'.charCodeAt(0) + (index % 26))
  return index < 26 ? letter : letters(Math.floor(index / 26) - 1) + letter
}
