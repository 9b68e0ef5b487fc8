import { describe, expect, it } from 'vitest'
import { errorsByField, fromForm, toForm } from './recipe-form.ts'
import { aRecipe } from './testing/models.ts'

describe('the settings form', () => {
  it('gives back the recipe it was filled from', () => {
    const recipe = aRecipe({
      max_model_len: 40960,
      kv_cache_dtype: 'fp8',
      args: ['--enable-prefix-caching', '--seed', '1'],
      env: { A: '1', B: 'x=y' },
      source: 'a note',
      match: ['*/gemma-4*'],
      names: ['gemma'],
    })
    expect(fromForm(toForm(recipe), recipe)).toEqual(recipe)
  })

  it('leaves out what was emptied', () => {
    const recipe = aRecipe({ tool_parser: 'hermes' })
    expect(fromForm({ ...toForm(recipe), tool_parser: ' ' }, recipe)).toEqual(aRecipe())
  })

  it('sends what is no number as it stands, so that the controller names the field', () => {
    const sent = fromForm({ ...toForm(aRecipe()), nodes: 'two' }, aRecipe())
    expect(sent.nodes).toBe('two')
  })

  it('puts each mistake at its field, those of a list together', () => {
    const details = [
      { path: 'args.0', message: 'one.' },
      { path: 'args.2', message: 'two.' },
      { path: 'recipe.nodes', message: 'three.' },
      { path: 'body.env.A', message: 'four.' },
    ]
    expect(errorsByField(details)).toEqual({ args: 'one. two.', nodes: 'three.', env: 'four.' })
  })
})
