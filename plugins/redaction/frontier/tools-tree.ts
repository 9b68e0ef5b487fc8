import { nameLeaf, textLeaf } from '../scrub/leaf.ts'
import { refuse } from '../scrub/refusal.ts'
import { isMap, jsonTree, type Tree } from '../scrub/tree.ts'

const TYPES = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'])
/** Keywords of JSON Schema that say nothing but how large something may be. */
const BOUNDS = new Set([
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength'],
  ...['maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'],
])
const TEXTS = new Set(['description', 'title'])
const INNER = new Set(['items', 'not', 'additionalProperties', 'anyOf', 'oneOf', 'allOf'])
const NAMED = new Set(['properties', 'patternProperties', '$defs', 'definitions'])
const KEYWORDS = new Set([
  ...['type', 'required', 'enum', 'const', 'default', 'examples', 'format', 'strict'],
  ...BOUNDS,
  ...TEXTS,
  ...INNER,
  ...NAMED,
])
const DEEPEST = 40

/** Tools as chat APIs describe them: names are names, descriptions texts, parameters a JSON Schema. */
export const toolsTree = (tools: unknown): Tree => {
  if (!Array.isArray(tools)) throw refuse('INPUT_INVALID')
  return { list: tools.map(toolTree) }
}

export function toolTree(tool: unknown): Tree {
  if (!isMap(tool) || tool.type !== 'function' || !isMap(tool.function))
    throw refuse('INPUT_INVALID')
  return {
    map: [
      { key: 'type', value: { asIs: 'function' } },
      { key: 'function', value: namedTree(tool.function) },
    ],
  }
}

/** A thing with a name, a description and a schema: a tool, or the form of an answer. */
export const namedTree = (thing: Record<string, unknown>): Tree => ({
  map: Object.entries(thing).map(([key, value]) => {
    if (key === 'name') return { key, value: { leaf: nameLeaf(textOf(value)) } }
    if (key === 'description') return { key, value: { leaf: textLeaf(textOf(value)) } }
    if (key === 'parameters' || key === 'schema') return { key, value: schemaTree(value, 0) }
    if (key === 'strict' && typeof value === 'boolean') return { key, value: { asIs: value } }
    throw refuse('INPUT_INVALID')
  }),
})

function schemaTree(schema: unknown, depth: number): Tree {
  if (depth > DEEPEST) throw refuse('TOO_DEEP')
  if (Array.isArray(schema)) return { list: schema.map((item) => schemaTree(item, depth + 1)) }
  if (!isMap(schema)) return jsonTree(schema)
  return {
    map: Object.entries(schema).map(([key, value]) =>
      KEYWORDS.has(key)
        ? { key, value: keywordTree(key, value, depth) }
        : { key: nameLeaf(key), value: jsonTree(value, { label: key }) },
    ),
  }
}

function keywordTree(key: string, value: unknown, depth: number): Tree {
  if (INNER.has(key)) return schemaTree(value, depth + 1)
  if (NAMED.has(key) && isMap(value))
    return {
      map: Object.entries(value).map(([name, inner]) => ({
        key: nameLeaf(name),
        value: schemaTree(inner, depth + 1),
      })),
    }
  if (key === 'required' && Array.isArray(value))
    return { list: value.map((name) => ({ leaf: nameLeaf(textOf(name)) })) }
  const isSafe =
    (key === 'type' && [value].flat().every((type) => TYPES.has(String(type)))) ||
    (BOUNDS.has(key) && typeof value === 'number' && Math.abs(value) < 100_000)
  return isSafe ? { asIs: value } : jsonTree(value)
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  throw refuse('INPUT_INVALID')
}
