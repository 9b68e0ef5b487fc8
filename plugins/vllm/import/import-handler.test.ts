import { expect, it } from 'vitest'
import type { Shop } from '../door.ts'
import { createBook } from '../recipe/recipe-book.ts'
import { sampleRecipe } from '../testing/samples.ts'
import { importHandler } from './import-handler.ts'

const TEXT = 'recipe_version: "1"\nname: M\ncontainer: c\ncommand: |\n  vllm serve Org/M\n'
const answerFor = async (text: string, repo: string) => {
  const entry = { key: 'x', source: 'shipped' as const, recipe: sampleRecipe({ repo }) }
  const shop = { recipes: () => createBook([entry]) } as unknown as Shop
  const handler = importHandler(shop)['POST /api/models/import']
  return (await handler({ body: { text } } as never)).value
}

it('a file is answered with what it would become and what that would replace', async () => {
  expect(await answerFor(TEXT, 'Org/M')).toMatchObject({ key: 'Org--M', replaces: 'shipped' })
  expect(await answerFor(TEXT, 'Org/Else')).toMatchObject({ replaces: null })
})

it('a file with mistakes is answered too: they are the answer', async () => {
  const value = await answerFor('name: x', 'Org/M')
  expect(value).toMatchObject({ key: null, recipe: null, replaces: null })
  expect(value.mistakes).toHaveLength(3)
})
