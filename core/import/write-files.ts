import { constants, copyFileSync, existsSync } from 'node:fs'
import { ControlError } from '../errors.ts'
import { writeFileAtomicSync } from '../store/write-file-atomic-sync.ts'

export interface ToWrite {
  file: string
  text: string
}

/**
 * Writes the files and says which. Throws TOPOLOGY_EXISTS before anything is written if one of them is
 * there and `isForced` is not set; with it the old one is kept beside the new.
 */
export function writeFiles(files: readonly ToWrite[], isForced: boolean): string {
  const there = files.filter(({ file }) => existsSync(file)).map(({ file }) => file)
  if (there.length > 0 && !isForced)
    throw new ControlError('TOPOLOGY_EXISTS', `there already: ${there.join(', ')}`, {
      hint: 'nothing was written; --force replaces them and keeps a copy of each, --dry-run shows what would be written',
    })
  const said = there.map((file) => `kept ${keepCopy(file)}\n`)
  for (const { file, text } of files) {
    writeFileAtomicSync(file, text)
    said.push(`written ${file}\n`)
  }
  return said.join('')
}

/** The first free of `.bak`, `.bak-2` …; the copy before is never lost. */
function keepCopy(file: string): string {
  for (let n = 1; ; n++) {
    const copy = `${file}.bak${n === 1 ? '' : `-${n}`}`
    if (existsSync(copy)) continue
    copyFileSync(file, copy, constants.COPYFILE_EXCL)
    return copy
  }
}
