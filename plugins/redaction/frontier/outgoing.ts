import { ControlError } from '#core'
import { textLeaf } from '../scrub/leaf.ts'
import { messagesTree } from '../scrub/messages.ts'
import { refuse } from '../scrub/refusal.ts'
import { isMap, type Tree } from '../scrub/tree.ts'
import { namedTree, toolsTree, toolTree } from './tools-tree.ts'

/** What is sent of a field: the field as it is, a tree that is scrubbed first, or nothing of it. */
type Take = (value: unknown) => Tree | undefined

const number: Take = (value) => plain(typeof value === 'number', value)
const flag: Take = (value) => plain(typeof value === 'boolean', value)
const word =
  (...words: string[]): Take =>
  (value) =>
    plain(words.includes(value as string), value)
/** For the people who run the API; the answer does not change without it. */
const leftOut: Take = () => undefined

/** Every field that may go out, and how. A field that is not here is refused: it might say anything. */
const FIELDS: Readonly<Record<string, Take>> = {
  messages: (value) => (Array.isArray(value) ? messagesTree(value) : invalid()),
  tools: toolsTree,
  tool_choice: (value) =>
    typeof value === 'string' ? word('none', 'auto', 'required')(value) : toolTree(value),
  response_format: formatTree,
  stop: (value) =>
    Array.isArray(value)
      ? { list: value.map(stopTree) }
      : value === null
        ? undefined
        : stopTree(value),
  stream_options: (value) =>
    isMap(value) ? plain(true, { include_usage: value.include_usage === true }) : invalid(),
  stream: flag,
  parallel_tool_calls: flag,
  reasoning_effort: word('none', 'minimal', 'low', 'medium', 'high', 'xhigh'),
  verbosity: word('low', 'medium', 'high'),
  ...Object.fromEntries(
    [
      ...['temperature', 'top_p', 'n', 'max_tokens', 'max_completion_tokens', 'seed'],
      ...['presence_penalty', 'frequency_penalty'],
    ].map((name) => [name, number]),
  ),
  ...Object.fromEntries(
    [...['user', 'metadata', 'store', 'safety_identifier', 'prompt_cache_key', 'service_tier']].map(
      (name) => [name, leftOut],
    ),
  ),
}

/** A request to the model elsewhere, its texts taken out as leaves. Throws 4xx that quote nothing. */
export function outgoingTree(body: Record<string, unknown>, model: string): Tree {
  const map = Object.entries(body).flatMap(([key, value]) => {
    if (key === 'model' || value === undefined || value === null) return []
    if (!Object.hasOwn(FIELDS, key)) throw unknownField(key)
    const tree = FIELDS[key]?.(value)
    return tree ? [{ key, value: tree }] : []
  })
  if (!map.some(({ key }) => key === 'messages')) throw refuse('INPUT_INVALID')
  return { map: [{ key: 'model', value: { asIs: model } }, ...map] }
}

function formatTree(value: unknown): Tree {
  if (!isMap(value)) return invalid()
  const { type, json_schema } = value
  if (type === 'text' || type === 'json_object') return { asIs: { type } }
  if (type !== 'json_schema' || !isMap(json_schema)) return invalid()
  return {
    map: [
      { key: 'type', value: { asIs: type } },
      { key: 'json_schema', value: namedTree(json_schema) },
    ],
  }
}

const stopTree = (value: unknown): Tree =>
  typeof value === 'string' ? { leaf: textLeaf(value) } : invalid()

function plain(isFit: boolean, value: unknown): Tree {
  return isFit ? { asIs: value } : invalid()
}

const invalid = (): never => {
  throw refuse('INPUT_INVALID')
}

/** The name of a field is told where it is one, so that the caller can leave it out. */
const unknownField = (key: string): ControlError =>
  new ControlError(
    'FRONTIER_FIELD',
    `A field that is not known to be free of values was not sent${/^[a-z_]{1,40}$/.test(key) ? `: ${key}` : ''}.`,
    { status: 422, hint: `Fields that may be sent: ${Object.keys(FIELDS).join(', ')}.` },
  )
