import { IMPOSSIBLE, VersionInfo } from '@start9labs/start-sdk'
import { REPOSITORY } from '../manifest/repository.ts'
import notes from './release-notes.json' with { type: 'json' }

const withLink = (note: string): string => `${note}\n\n${REPOSITORY}/blob/main/CHANGELOG.md`

/** The version of package.json and, behind the colon, which package of it this is, from 0 on. */
export const current = VersionInfo.of({
  version: '1.0.0:0',
  releaseNotes: {
    en_US: withLink(notes.en_US),
    de_DE: withLink(notes.de_DE),
    es_ES: withLink(notes.es_ES),
    fr_FR: withLink(notes.fr_FR),
    pl_PL: withLink(notes.pl_PL),
  },
  migrations: {
    // The controller brings its own data up to date, and an older one refuses a newer database.
    down: IMPOSSIBLE,
  },
})
