import { DATA } from '../facts.ts'
import { i18n } from '../i18n/index.ts'
import { runInImage } from '../in-image.ts'
import { withFiles } from '../incoming.ts'
import { sdk } from '../sdk.ts'
import { result } from './result.ts'

const MOST_RECIPES = 50
const MAX_BYTES = 256 * 1024
const KEY = '^[A-Za-z0-9][A-Za-z0-9._\\-]{0,199}$'
const KIND = '^[a-z0-9][a-z0-9\\-]{0,62}$'

const { InputSpec, List, Value } = sdk

const recipeSpec = InputSpec.of({
  key: Value.text({
    name: i18n('Key'),
    description: i18n('The model it is for, with -- instead of / in its name'),
    required: true,
    default: null,
    placeholder: 'Qwen--Qwen3-8B',
    maxLength: 200,
    patterns: [{ regex: KEY, description: i18n('Letters, digits, dots, dashes and underscores') }],
  }),
  text: Value.textarea({
    name: i18n('Recipe'),
    description: i18n('The content of the recipe file, YAML'),
    required: true,
    default: null,
    minLength: 1,
    maxLength: MAX_BYTES,
    minRows: 8,
    maxRows: 24,
  }),
})

const spec = InputSpec.of({
  recipes: Value.list(
    List.obj(
      { name: i18n('Recipes'), minLength: 1, maxLength: MOST_RECIPES },
      { spec: recipeSpec, displayAs: '{{key}}', uniqueBy: 'key' },
    ),
  ),
  kind: Value.text({
    name: i18n('Kind of service'),
    description: i18n('Only needed where several kinds have recipes'),
    required: false,
    default: null,
    patterns: [{ regex: KIND, description: i18n('Lower-case letters, digits and dashes') }],
  }),
})

export const importRecipes = sdk.Action.withInput(
  'import-recipes',
  {
    name: i18n('Import recipes'),
    description: i18n(
      'Keeps recipes of yours, such as those of an earlier installation. All are checked before one is kept',
    ),
    warning: i18n('A recipe of yours with the same key is replaced'),
    allowedStatuses: 'any',
    group: i18n('Cluster'),
    visibility: 'enabled',
  },
  spec,
  async () => null,
  async ({ effects, input: { recipes, kind } }) => {
    checkRecipes(recipes)
    if (kind && !new RegExp(KIND).test(kind))
      throw new Error(i18n('The kind may have lower-case letters, digits and dashes'))
    const files = recipes.map(({ key, text }) => ({ name: `${key}.yaml`, text }))
    const flags = ['--data', DATA, ...(kind ? ['--kind', kind] : [])]
    const kept = await withFiles(files, (paths) =>
      runInImage(effects, ['recipe', ...flags, ...paths]),
    )
    if (kept.exitCode !== 0) {
      const why = kept.stderr.trim() || i18n('it ended without a word')
      throw new Error(`${i18n('Nothing was kept:')} ${why}`)
    }
    return result(i18n('The recipes are kept'), kept.stdout.trim())
  },
)

/** Keys become file names and arguments; what the form asks for is checked by the browser alone. */
function checkRecipes(recipes: readonly { key: string; text: string }[]): void {
  if (recipes.length === 0 || recipes.length > MOST_RECIPES)
    throw new Error(i18n('Send 1 to 50 recipes at a time'))
  const keys = new Set<string>()
  for (const { key, text } of recipes) {
    if (!new RegExp(KEY).test(key) || key.includes('..'))
      throw new Error(
        `${i18n('A key may have letters, digits, dots, dashes and underscores:')} ${key}`,
      )
    if (keys.has(key)) throw new Error(`${i18n('A key stands twice:')} ${key}`)
    keys.add(key)
    if (text.trim() === '' || Buffer.byteLength(text) > MAX_BYTES)
      throw new Error(`${i18n('A recipe has to have 1 byte to 256 KiB:')} ${key}`)
  }
}
