import type { Mistake, MistakeList } from './mistakes.ts'
import { type Pointer, under } from './pointer.ts'

/** Where placeholders take their values from. */
export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>
  /** The text of a file; throws where it cannot be read. */
  readFile(path: string): string
}

/** A tree without placeholders. */
export interface Interpolated {
  value: unknown
  /** Values that came from a placeholder, by where they stand. */
  resolved: Map<Pointer, ResolvedScalar>
}

/** A text that came from placeholders, wholly or in part. */
export interface ResolvedScalar {
  /** What the file says; messages show this and never the value. */
  written: string
  /** The texts that were put in. */
  parts: string[]
}

/**
 * Replaces `${env:NAME}`, `${env:NAME:-default}` and `${file:/path}` in every text of the tree,
 * alone or within other words; `$${` stands for `${`. What cannot be replaced is a mistake.
 */
export function interpolate(
  tree: unknown,
  surroundings: Surroundings,
  mistakes: MistakeList,
): Interpolated {
  const resolved: Interpolated['resolved'] = new Map()
  const visit = (value: unknown, at: Pointer): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => visit(item, under(at, index)))
    if (typeof value === 'object' && value !== null) {
      const map: Record<string, unknown> = Object.create(null)
      for (const [key, item] of Object.entries(value)) map[key] = visit(item, under(at, key))
      return map
    }
    if (typeof value !== 'string' || !value.includes('${')) return value
    const parts: string[] = []
    const text = value.replace(PLACEHOLDER, (whole: string, escaped?: string, body?: string) => {
      if (escaped !== undefined) return '${'
      const found = resolve(body, surroundings)
      if (typeof found !== 'string') {
        mistakes.add({ at, ...found })
        return whole
      }
      if (!isDefault(body, surroundings)) parts.push(found)
      return found
    })
    resolved.set(at, { written: value, parts })
    return text
  }
  return { value: visit(tree, ''), resolved }
}

/** An escaped opening, a whole placeholder, or an opening that is never closed. */
const PLACEHOLDER = /(\$\$\{)|\$\{([^}]*)\}|\$\{/g
const ENV = /^env:([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s
const FORMS = `write \${env:NAME}, \${env:NAME:-default} or \${file:/path}; $\${ stands for the characters themselves`

type Failure = Pick<Mistake, 'code' | 'message' | 'hint'>

function resolve(body: string | undefined, surroundings: Surroundings): string | Failure {
  const [, name, fallback] = ENV.exec(body ?? '') ?? []
  if (name !== undefined) return surroundings.env[name] || (fallback ?? missing(name, surroundings))
  if (body?.startsWith('file:')) return readNamed(body.slice('file:'.length), surroundings)
  return {
    code: 'INTERPOLATION_SYNTAX',
    message:
      body === undefined ? `opens \${ and does not close it` : `holds \${${body.slice(0, 40)}}`,
    hint: FORMS,
  }
}

/** Set but empty counts as there, unless a default was given: the shell's `:-` says so. */
const missing = (name: string, { env }: Surroundings): string | Failure =>
  env[name] ?? {
    code: 'ENV_MISSING',
    message: `the environment variable ${name} is not set`,
    hint: `set it, or give a default: \${env:${name}:-…}`,
  }

function readNamed(path: string, { readFile }: Surroundings): string | Failure {
  if (!path.startsWith('/'))
    return {
      code: 'FILE_MISSING',
      message: `the file "${path.slice(0, 60)}" is not an absolute path`,
      hint: `write \${file:/path/from/the/root}`,
    }
  try {
    return readFile(path).replace(/\r?\n$/, '')
  } catch (thrown) {
    return {
      code: 'FILE_MISSING',
      message: `the file ${path.slice(0, 120)} cannot be read (${reasonOf(thrown)})`,
      hint: 'is it there, and may the controller read it?',
    }
  }
}

/** Only the system's code: the message of a failed read could quote what it read. */
const reasonOf = (thrown: unknown): string =>
  String((thrown as { code?: unknown } | null)?.code ?? 'not readable')

/** A default stands in the file for all to see, so it is no secret. */
function isDefault(body: string | undefined, { env }: Surroundings): boolean {
  const [, name, fallback] = ENV.exec(body ?? '') ?? []
  return name !== undefined && fallback !== undefined && !env[name]
}
