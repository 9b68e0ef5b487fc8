import { badField } from '../errors.ts'
import type { Fields } from '../upload/read-form.ts'

/** What a caller may ask for, as OpenAI names it. */
export const FORMATS = ['json', 'text', 'srt', 'vtt', 'verbose_json', 'diarized_json'] as const
export type Format = (typeof FORMATS)[number]

const GRANULARITIES = ['word', 'segment'] as const
type Granularity = (typeof GRANULARITIES)[number]

/** A caller's wishes, read from the fields of a form. */
export interface Options {
  format: Format
  granularities: ReadonlySet<Granularity>
  isStream: boolean
  model: string | undefined
  language: string | undefined
  /** Fields that go to the server as they came (`prompt`, `temperature`, one of its own). */
  passed: Fields
}

/** Fields that are ours to answer, so they go no further. */
const OURS = new Set([
  'model',
  'response_format',
  'timestamp_granularities',
  'timestamp_granularities[]',
  'stream',
  'include',
  'include[]',
  'chunking_strategy',
  'known_speaker_names',
  'known_speaker_names[]',
  'known_speaker_references',
  'known_speaker_references[]',
])

/** Throws VALIDATION with the field's name. */
export function readOptions(fields: Fields): Options {
  const all = (name: string) => fields.flatMap(([key, value]) => (key === name ? [value] : []))
  const last = (name: string) => all(name).at(-1)?.trim() || undefined
  const format = oneOf(FORMATS, 'response_format', last('response_format') ?? 'json')
  const isStream = readBoolean('stream', last('stream') ?? 'false')
  const given = [...all('timestamp_granularities[]'), ...all('timestamp_granularities')]
  const granularities = given
    .flatMap((value) => value.replace(/[[\]"\s]/g, '').split(','))
    .filter(Boolean)
    .map((value) => oneOf(GRANULARITIES, 'timestamp_granularities[]', value))
  if (isStream && !STREAMED.has(format))
    throw badField('stream', `is for json, text and diarized_json, not for ${format}`)
  return {
    format,
    isStream,
    granularities: new Set(granularities),
    model: last('model'),
    language: last('language'),
    passed: fields.filter(([name]) => !OURS.has(name)),
  }
}

const STREAMED: ReadonlySet<Format> = new Set(['json', 'text', 'diarized_json'])

function oneOf<const T extends string>(choices: readonly T[], field: string, value: string): T {
  const chosen = choices.find((choice) => choice === value)
  if (chosen !== undefined) return chosen
  throw badField(field, `is "${value.slice(0, 60)}"; it can be ${choices.join(', ')}`)
}

function readBoolean(field: string, value: string): boolean {
  if (/^(true|1|yes|on)$/i.test(value)) return true
  if (/^(false|0|no|off)$/i.test(value)) return false
  throw badField(field, `is "${value.slice(0, 60)}"; it can be true or false`)
}
