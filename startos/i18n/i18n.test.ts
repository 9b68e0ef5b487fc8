import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setupI18n } from '@start9labs/start-sdk'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { DEFAULT_LANG, type Sentence, sentences } from './dictionaries/default.ts'
import { translations } from './dictionaries/translations.ts'

const all = Object.keys(sentences) as Sentence[]
const root = fileURLToPath(new URL('..', import.meta.url))
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !/\.test\.|dictionaries|testing/.test(name))
  .map((name) => readFileSync(join(root, name), 'utf8'))
  .join('\n')

afterEach(() => vi.unstubAllEnvs())

it('numbers the sentences without a gap', () => {
  expect(Object.values(sentences)).toEqual(all.map((_, index) => index))
})

describe.each(Object.entries(translations))('%s', (lang, dictionary) => {
  it('has every sentence, translated', () => {
    const same = all.filter(
      (key) => !dictionary[sentences[key]] || dictionary[sentences[key]] === key,
    )
    // words that are the same in the language
    expect(same.filter((key) => !['Dashboard', 'Cluster'].includes(key))).toEqual([])
  })

  it('ends each as English does, so that what follows fits', () => {
    const ends = (text = '') => text.endsWith(':')
    expect(all.filter((key) => ends(key) !== ends(dictionary[sentences[key]]))).toEqual([])
  })

  it('is spoken where the server speaks it', () => {
    vi.stubEnv('LANG', `${lang}.UTF-8`)
    const i18n = setupI18n(sentences, translations, DEFAULT_LANG)
    expect(i18n('The text is empty')).toBe(dictionary[sentences['The text is empty']])
  })
})

it('has no sentence that is not said', () => {
  const flat = sources.replaceAll(/i18n\(\s+/g, 'i18n(').replaceAll(/',\s+\)/g, "')")
  expect(all.filter((key) => !flat.includes(`i18n('${key}')`))).toEqual([])
})

it('leaves no sentence of the forms and errors out', () => {
  const raw = [
    ...sources.matchAll(/\b(?:name|description|warning|reason|message|display): '([^']+)'/g),
  ]
    .map(([, text]) => text)
    .filter((text) => text !== 'topology.yaml')
  expect(raw).toEqual([])
  expect([...sources.matchAll(/new Error\((?!\s*(?:i18n\(|`\$\{i18n\())/g)].length).toBe(0)
})
