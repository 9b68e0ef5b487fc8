const LONGEST_CHARS = 4_000

/** A line of a log as it is kept or shown: programs print megabytes in one. */
export function cutLine(line: string): string {
  if (line.length <= LONGEST_CHARS) return line
  // by way of bytes, since V8 keeps the whole line alive for a slice of it
  return `${Buffer.from(line.slice(0, LONGEST_CHARS)).toString()}…`
}
