import { ExtendedVersion, VersionRange } from '@start9labs/start-sdk'

/** A manifest as it was built: nothing of it is taken for granted, since tsc lets much of it pass. */
export type Built = Record<string, unknown>

const LOCALES = ['de_DE', 'en_US', 'es_ES', 'fr_FR', 'pl_PL']
const ID = /^[a-z0-9]+(-[a-z0-9]+)*$/

/** What `buildManifest` of this SDK makes. Keys of older ones (alerts, docsUrls) are refused by reviews. */
const KEYS = new Set(
  `id title license packageRepo upstreamRepo marketingUrl donationUrl description volumes images
  dependencies gitHash osVersion sdkVersion version releaseNotes satisfies canMigrateTo canMigrateFrom
  hardwareRequirements hardwareAcceleration userspaceFilesystems virtualNetworking plugins`.split(
    /\s+/,
  ),
)

/** Everything start-cli, StartOS or a review would refuse, one sentence each. */
export function judgeManifest(manifest: Built): string[] {
  return [
    ...Object.keys(manifest)
      .filter((key) => !KEYS.has(key))
      .map((key) => `${key} is no key of a manifest`),
    ...judgeIds(manifest),
    ...judgeTexts(manifest),
    ...judgeUrls(manifest),
    ...judgeVersion(manifest),
  ]
}

function judgeIds({ id, volumes, images }: Built): string[] {
  const all = [id, ...asList(volumes), ...Object.keys(asRecord(images))]
  return [
    ...all
      .filter((each) => !ID.test(String(each)))
      .map((each) => `"${String(each)}" cannot be an id`),
    ...(id === 'start-os' ? ['"start-os" is taken'] : []),
    ...(asList(volumes).length === 0 ? ['there is no volume'] : []),
    ...Object.entries(asRecord(images)).flatMap(([name, image]) => {
      const { arch, emulateMissingAs } = asRecord(image)
      const isFine = emulateMissingAs === null || asList(arch).includes(emulateMissingAs)
      return isFine
        ? []
        : [`image ${name} is emulated as ${String(emulateMissingAs)}, which it has not`]
    }),
  ]
}

function judgeTexts({ title, description, releaseNotes }: Built): string[] {
  const { short, long } = asRecord(description)
  return [
    ...(title ? [] : ['there is no title']),
    ...judgeLocales('description.short', short, 80),
    ...judgeLocales('description.long', long, 500),
    ...judgeLocales('releaseNotes', releaseNotes, 100_000),
  ]
}

function judgeLocales(what: string, texts: unknown, most: number): string[] {
  const found = asRecord(texts)
  const missing = LOCALES.filter((locale) => !String(found[locale] ?? '').trim())
  const other = Object.keys(found).filter((locale) => !LOCALES.includes(locale))
  const long = LOCALES.filter((locale) => [...String(found[locale] ?? '')].length > most)
  return [
    ...missing.map((locale) => `${what} is missing in ${locale}`),
    ...other.map((locale) => `${what} has ${locale}, which StartOS does not`),
    ...long.map((locale) => `${what} has more than ${most} characters in ${locale}`),
  ]
}

function judgeUrls(manifest: Built): string[] {
  const needed = ['packageRepo', 'upstreamRepo']
  const optional = ['marketingUrl', 'donationUrl'].filter((key) => manifest[key] !== null)
  return [...needed, ...optional]
    .filter((key) => !URL.canParse(String(manifest[key])) || /[<>]/.test(String(manifest[key])))
    .map((key) => `${key} is no address: ${String(manifest[key])}`)
}

function judgeVersion({ version, canMigrateFrom, canMigrateTo }: Built): string[] {
  try {
    const parsed = ExtendedVersion.parse(String(version))
    VersionRange.parse(String(canMigrateTo))
    return parsed.satisfies(VersionRange.parse(String(canMigrateFrom)))
      ? []
      : [`version ${String(version)} cannot be updated from itself: ${String(canMigrateFrom)}`]
  } catch {
    return [`version ${String(version)} is not X.Y.Z:N, or a range it migrates from or to is none`]
  }
}

const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
