import type { LoadedKind } from '../catalog.ts'
import type { Draft, Remark } from './draft.ts'
import type { Variable } from './read-env.ts'

/** The variable that named what was not to be shown. */
export const DISABLED = 'DISABLED_SERVICES'

/** Lists in the draft what the variable names, by the words of the kinds. */
export function disable(
  draft: Draft,
  { text, file, line }: Variable,
  kinds: readonly LoadedKind[],
  remarks: Remark[],
): void {
  const tell = (told: string) =>
    remarks.push({ file, line, column: 1, text: `${DISABLED}: ${told}` })
  const found = new Set<string>()
  for (const word of text.split(/[\s,;]+/).filter(Boolean)) {
    const names = kinds.flatMap(({ plugin: { imports } }) => imports ?? [])
    const known = names.find(({ id, names: words }) =>
      [id, ...words].some((name) => plain(name) === plain(word)),
    )
    if (!known) tell(`no kind is called ${word}`)
    else if (draft.services.some(({ id }) => id === known.id)) found.add(known.id)
    else tell(`${word} is not in the topology at all`)
  }
  draft.disabled = [...found]
}

const plain = (word: string): string => word.toLowerCase().replace(/[-_]/g, '')
