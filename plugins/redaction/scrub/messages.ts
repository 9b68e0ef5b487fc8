import { jsonTextLeaf } from './json-text.ts'
import { nameLeaf, textLeaf } from './leaf.ts'
import { refuse } from './refusal.ts'
import { isMap, jsonTree, type Tree } from './tree.ts'

const ROLES = new Set(['system', 'developer', 'user', 'assistant', 'tool', 'function'])
/** Parts of a message that are binary whatever they are called. */
const BINARY_PARTS = new Set([
  ...['image_url', 'input_image', 'image', 'input_audio', 'audio', 'file', 'input_file'],
  ...['document', 'video', 'video_url', 'base64', 'media'],
])
const PART_TYPES = new Set([
  ...['text', 'input_text', 'output_text', 'refusal', 'function', 'function_call', 'tool_use'],
  ...['tool_result', 'thinking', 'reasoning', 'message', ...BINARY_PARTS],
])
/** Keys of chat APIs; one that is called otherwise is a name somebody gave. */
const KEYS = new Set([
  ...['role', 'content', 'type', 'text', 'name', 'id', 'refusal', 'thinking', 'reasoning'],
  ...['tool_calls', 'tool_call_id', 'tool_use_id', 'function', 'arguments', 'function_call'],
  ...['call_id', 'input', 'output', 'metadata', 'reasoning_content', ...BINARY_PARTS],
])
const NAMES = new Set(['name', 'id', 'tool_call_id', 'tool_use_id', 'call_id'])
/** What programs put together themselves: any JSON. */
const FREE = new Set(['input', 'metadata', 'output'])

/** Messages of a chat API (OpenAI's and Anthropic's), role by role and part by part. */
export const messagesTree = (messages: readonly unknown[]): Tree => ({
  list: messages.map((message) => {
    if (!isMap(message)) throw refuse('INPUT_INVALID')
    return partTree(message, 0)
  }),
})

function partTree(part: Record<string, unknown>, depth: number): Tree {
  if (depth > 20) throw refuse('TOO_DEEP')
  const isBinary = typeof part.type === 'string' && BINARY_PARTS.has(part.type)
  return {
    map: Object.entries(part).map(([key, value]) => {
      if ((isBinary && key !== 'type') || (BINARY_PARTS.has(key) && value !== null))
        return { key: KEYS.has(key) ? key : nameLeaf(key), value: binaryTree(value) }
      return KEYS.has(key)
        ? { key, value: valueTree(key, value, depth) }
        : { key: nameLeaf(key), value: jsonTree(value, { label: key }) }
    }),
  }
}

const binaryTree = (value: unknown): Tree => jsonTree(value, { isBinary: true })

function valueTree(key: string, value: unknown, depth: number): Tree {
  if (FREE.has(key)) return jsonTree(value)
  if (typeof value === 'string') {
    const known = key === 'role' ? ROLES : key === 'type' ? PART_TYPES : undefined
    if (known?.has(value)) return { asIs: value }
    if (NAMES.has(key)) return { leaf: nameLeaf(value) }
    const json = key === 'arguments' ? jsonTextLeaf(value) : undefined
    return { leaf: json ?? textLeaf(value) }
  }
  if (Array.isArray(value))
    return { list: value.map((item) => (isMap(item) ? partTree(item, depth + 1) : jsonTree(item))) }
  return isMap(value) ? partTree(value, depth + 1) : jsonTree(value, { label: key })
}
