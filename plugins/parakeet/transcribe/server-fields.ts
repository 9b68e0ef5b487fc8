import type { Settings } from '../settings.ts'
import type { Fields } from '../upload/read-form.ts'
import type { Options } from './options.ts'

type Facts = Pick<Settings, 'answers' | 'words' | 'stream' | 'server_model' | 'diarize'>

/** Whether the server's own stream of events can be handed on. */
export const isHandedOn = ({ stream }: Pick<Facts, 'stream'>, options: Options): boolean =>
  stream && options.isStream && options.format !== 'diarized_json'

/**
 * The fields a server is sent beside the file. Times of words are asked for in every spelling there
 * is, since servers ignore those they do not know: OpenAI's with and without brackets, Shadowfita's
 * `include_timestamps`, and two of parakeet-diarized.
 */
export function serverFields(facts: Facts, options: Options): Fields {
  const { format } = options
  const model = facts.server_model ?? options.model
  const isPlain = format === 'json' || format === 'text'
  const wantsWords = facts.words !== false && !isPlain
  const isRich = facts.answers === 'verbose_json' && !isPlain
  return [
    ...options.passed,
    ...(model === undefined ? [] : [['model', model] as const]),
    ['response_format', isRich ? 'verbose_json' : 'json'],
    ...(wantsWords ? WORD_FIELDS : []),
    // such servers tell speakers apart unless told otherwise, which takes as long as the text
    ...(facts.diarize === 'answer' ? [['diarize', `${format === 'diarized_json'}`] as const] : []),
    ...(isHandedOn(facts, options) ? [['stream', 'true'] as const] : []),
  ]
}

const WORD_FIELDS: Fields = [
  ['timestamp_granularities[]', 'word'],
  ['timestamp_granularities[]', 'segment'],
  ['timestamp_granularities', 'word'],
  ['timestamp_granularities', 'segment'],
  ['include_timestamps', 'true'],
  ['word_timestamps', 'true'],
  ['timestamps', 'true'],
]
