import { setupI18n } from '@start9labs/start-sdk'
import { DEFAULT_LANG, sentences } from './dictionaries/default.ts'
import { translations } from './dictionaries/translations.ts'

/** A sentence in the language of the server. */
export const i18n = setupI18n(sentences, translations, DEFAULT_LANG)
