import { Document, isScalar, type Node } from 'yaml'
import { commentLine } from './comment.ts'

/** A recipe file, guesses marked, what was not understood above it. */
export function writeRecipe(
  recipe: Readonly<Record<string, unknown>>,
  checks: Readonly<Record<string, string>>,
  comments: readonly string[],
): string {
  const doc = new Document(recipe, { aliasDuplicateObjects: false })
  for (const [field, check] of Object.entries(checks)) {
    const node = doc.get(field, true) as Node | undefined
    if (isScalar(node)) node.comment = ` check: ${commentLine(check)}`
    else comments = [...comments, `check ${field}: ${check}`]
  }
  if (comments.length > 0)
    doc.commentBefore = comments.map((text) => ` ${commentLine(text)}`).join('\n')
  return doc.toString({ lineWidth: 0 })
}
