import { readTurns } from '../diarize/read-turns.ts'
import { badField } from '../errors.ts'
import { type MergeBody, MOST_WORDS } from './api.ts'
import type { HeardChannel } from './channels/find-bleed.ts'
import { type MergedChannels, mergeChannels } from './channels/merge-channels.ts'
import { wavLevels } from './channels/wav-levels.ts'
import { checkWords } from './check-words.ts'
import type { DiarizedTranscript } from './diarized.ts'
import { mergeLabels } from './merge-labels.ts'

/** POST /api/audio/label-merge. Throws VALIDATION, TURNS_UNREADABLE and AUDIO_UNREADABLE. */
export function answerMerge(body: MergeBody): DiarizedTranscript | MergedChannels {
  const { words, channels, options, duration } = body
  if ((words === undefined) === (channels === undefined)) {
    throw badField('words', 'is needed, or channels instead, not both')
  }
  if (channels) return mergeChannels(readChannels(channels), readTurns(body.turns ?? []), options)
  checkWords(words, 'words')
  if (body.turns === undefined) throw badField('turns', 'is missing')
  return mergeLabels(words, readTurns(body.turns), options, duration)
}

function readChannels(channels: NonNullable<MergeBody['channels']>): HeardChannel[] {
  const names = new Set(channels.map(({ name }) => name))
  if (names.size < channels.length) throw badField('channels', 'has the same name twice')
  for (const [index, { words }] of channels.entries()) checkWords(words, `channels.${index}.words`)
  const count = channels.reduce((sum, { words }) => sum + words.length, 0)
  if (count > MOST_WORDS) throw badField('channels', `has ${count} words, more than ${MOST_WORDS}`)
  return channels.map(({ name, words, audio }) => {
    if (audio === undefined) return { name, words }
    return { name, words, levels: typeof audio === 'string' ? decode(audio, name) : audio }
  })
}

/** A WAV file in base64, with or without the head of a data URL. */
const decode = (audio: string, name: string) =>
  wavLevels(Buffer.from(audio.replace(/^data:[^,]{0,100},/, ''), 'base64'), name)
