import { ControlError } from '#core'
import type { ScrubReply, ScrubRequest, SpanView } from '../api.ts'
import type { Leaf } from './leaf.ts'
import { textLeaf } from './leaf.ts'
import { messagesTree } from './messages.ts'
import type { Replacement } from './replace.ts'
import { jsonTree, rebuild, type Tree, walkTree } from './tree.ts'

/** What has become of each leaf, and what stands in it instead of what. */
export interface Scrubbed {
  texts: ReadonlyMap<Leaf, string>
  replacements: ReadonlyMap<Leaf, readonly Replacement[]>
}

/** What was given, and under which name the answer stands. */
export interface Input {
  part: 'text' | 'messages' | 'json'
  tree: Tree
}

/** The one of three that a request holds; throws VALIDATION. */
export function inputOf({ text, messages, json }: ScrubRequest): Input {
  const given = [text, messages, json].filter((part) => part !== undefined)
  if (given.length !== 1)
    throw new ControlError('VALIDATION', 'Give one of text, messages and json.', {
      details: [{ path: 'body', message: `has ${given.length} of text, messages and json` }],
    })
  if (text !== undefined) return { part: 'text', tree: { leaf: textLeaf(text) } }
  if (messages !== undefined) return { part: 'messages', tree: messagesTree(messages) }
  return { part: 'json', tree: jsonTree(json) }
}

/** What is answered: the same shape with placeholders, where they are, and no value. */
export function replyOf(
  { part, tree }: Input,
  scrubbed: Scrubbed & { session: { handle: string }; isWithoutModel: boolean },
): ScrubReply {
  const spans = spansOf(tree, scrubbed, part !== 'text')
  const counts: Record<string, number> = {}
  for (const { type } of spans) counts[type] = (counts[type] ?? 0) + 1
  return {
    ...{ [part]: scrubbedValue(tree, scrubbed), handle: scrubbed.session.handle, counts, spans },
    ...(scrubbed.isWithoutModel && { is_without_model: true }),
  }
}

/** A number that was not masked stays one. */
export const scrubbedValue = (tree: Tree, { texts, replacements }: Scrubbed): unknown =>
  rebuild(tree, (leaf) => {
    const isSame = (replacements.get(leaf)?.length ?? 0) === 0
    return leaf.form === 'number' && isSame ? Number(leaf.text) : texts.get(leaf)
  })

function spansOf(tree: Tree, { texts, replacements }: Scrubbed, isPlaced: boolean): SpanView[] {
  const spans: SpanView[] = []
  const visit = (leaf: Leaf, pointer: string, isKey: boolean): void => {
    for (const { type, start, end, placeholder, layer } of replacements.get(leaf) ?? [])
      spans.push({
        ...{ type, start, end, placeholder, layer },
        ...(isPlaced && { pointer }),
        ...(isKey && { is_key: true }),
      })
  }
  walkTree(tree, visit, (key) => texts.get(key) ?? '')
  return spans
}
