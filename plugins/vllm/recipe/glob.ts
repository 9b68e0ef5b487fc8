/** A repo pattern: `*` stands for any run of characters within the owner or within the name. */
export const GLOB = '^(?!.*\\.\\.)[A-Za-z0-9*][A-Za-z0-9._*-]*(/[A-Za-z0-9*][A-Za-z0-9._*-]*)?$'

/**
 * Whether a pattern fits a repo id. Hugging Face ids differ by more than case, so case counts for
 * nothing. Each part is walked once, left to right, with no way back: a hostile pattern costs no
 * more than its length.
 */
export function fitsGlob(glob: string, repo: string): boolean {
  const patterns = glob.toLowerCase().split('/')
  const parts = repo.toLowerCase().split('/')
  return (
    patterns.length === parts.length &&
    patterns.every((pattern, index) => fitsPart(pattern, parts[index] ?? ''))
  )
}

/** How much of a pattern is fixed: the more, the closer it names what it fits. */
export const fixedLength = (glob: string): number => glob.replaceAll('*', '').length

/** What a repo's name says beyond the fixed beginning of the pattern's: `-NVFP4`. */
export function beyondGlob(glob: string, repo: string): string {
  const [fixed = ''] = nameOf(glob).split('*')
  return nameOf(repo).slice(fixed.length)
}

const nameOf = (id: string): string => id.slice(id.indexOf('/') + 1)

function fitsPart(pattern: string, text: string): boolean {
  const [first = '', ...middle] = pattern.split('*')
  const last = middle.pop()
  if (last === undefined) return text === first
  const end = text.length - last.length
  if (!text.startsWith(first) || !text.endsWith(last) || end < first.length) return false
  let at = first.length
  for (const piece of middle) {
    const next = text.indexOf(piece, at)
    if (next < 0 || next + piece.length > end) return false
    at = next + piece.length
  }
  return true
}
