import type { Turn } from '../turns.ts'

/**
 * Turns of an RTTM text: `SPEAKER <file> <channel> <start> <duration> <NA> <NA> <label> <NA> <NA>`, of
 * which only the lines of type SPEAKER count. `refuse` is told what is wrong with a line.
 */
export function parseRttm(text: string, refuse: (what: string) => never): Turn[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const fields = line.trim().split(/\s+/)
    if (fields[0] !== 'SPEAKER') return []
    const [, , , start, duration, , , speaker] = fields
    const [startS, durationS] = [Number(start), Number(duration)]
    if (speaker === undefined || !Number.isFinite(startS) || !(durationS >= 0)) {
      return refuse(`line ${index + 1} is not "SPEAKER file 1 start duration <NA> <NA> label …"`)
    }
    return [{ start: startS, end: startS + durationS, speaker }]
  })
}

/** Turns as RTTM; `file` names the recording. Blanks, which RTTM cannot hold, become underscores. */
export function writeRttm(turns: readonly Turn[], file: string): string {
  const word = (text: string) => text.trim().replace(/\s+/g, '_') || '<NA>'
  return turns
    .map(({ start, end, speaker }) => {
      const times = `${start.toFixed(3)} ${(end - start).toFixed(3)}`
      return `SPEAKER ${word(file)} 1 ${times} <NA> <NA> ${word(speaker)} <NA> <NA>\n`
    })
    .join('')
}
