import type { Interpolated } from './interpolate.ts'
import type { MistakeList } from './mistakes.ts'
import type { ParsedYaml } from './parse-yaml.ts'
import { lastOf, type Pointer } from './pointer.ts'

/** What every check of one reading of the file shares. */
export interface Reading {
  mistakes: MistakeList
  places: ParsedYaml['places']
  resolved: Interpolated['resolved']
  /** Kinds whose folder could not be loaded, which is told once and there. */
  brokenKinds: ReadonlySet<string>
}

/** Names of keys whose value is nobody's business. */
export const SECRET_KEY = /(^|[_-])(api[_-]?key|token|secret|password|passwd)s?$/i

/** A scalar for a message: as it is written, cut, and without what a placeholder or a secret holds. */
export function shown(reading: Reading, at: Pointer, value: unknown): string {
  const resolved = reading.resolved.get(at)
  if (resolved) return JSON.stringify(cut(resolved.written))
  if (SECRET_KEY.test(lastOf(at))) return 'hidden here'
  const plain = reading.places.get(at)?.plain
  if (typeof value !== 'string') return cut(plain ?? String(value))
  return JSON.stringify(cut(value))
}

const cut = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text)
