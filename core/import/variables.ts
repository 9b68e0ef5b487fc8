import type { Remark } from './draft.ts'
import type { Variable } from './read-env.ts'

/** The variables of the first Spark Control; what nobody takes is reported at the end. */
export interface Variables {
  /** The first of these names that is set to something. Others that differ are remarked on. */
  take(names: readonly string[]): Variable | undefined
  /** What was not taken, in the order of the file. */
  left(): Variable[]
}

export function createVariables(all: readonly Variable[], remarks: Remark[]): Variables {
  const left = new Map(all.map((variable) => [variable.name, variable]))
  return {
    take(names) {
      const found = names.flatMap((name) => left.get(name) ?? [])
      const taken = found.find(({ text }) => text !== '') ?? found[0]
      for (const each of found) {
        left.delete(each.name)
        if (each.text === '' || each.text === taken?.text) continue
        const text = `${each.name} says otherwise than ${taken?.name}, which counts`
        remarks.push({ file: each.file, line: each.line, column: 1, text })
      }
      return taken
    },
    left: () => [...left.values()],
  }
}
