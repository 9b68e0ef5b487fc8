import { readWavHeader, type WavHeader } from '../../audio/wav-header.ts'
import { speechError } from '../../errors.ts'
import { type Levels, SILENCE_DB } from './levels.ts'

const STEP_S = 0.02

/** How loud a WAV file is over time, all its channels together. Throws AUDIO_UNREADABLE. */
export function wavLevels(wav: Buffer, name: string): Levels {
  const isRiff = /^(RIFF|RF64)/.test(wav.toString('latin1', 0, 4))
  const head = isRiff ? readWavHeader(wav) : { mistake: 'it is not WAV' }
  if (head === 'more') throw unreadable(name, 'it ends in the middle of its head')
  if ('mistake' in head) throw unreadable(name, head.mistake)
  const samples = readerOf(wav, head)
  if (!samples) throw unreadable(name, 'its samples are neither 16-bit, 24-bit, 32-bit nor float')
  const perBlock = head.channels
  const bytes = Math.min(wav.length - head.dataAt, head.dataBytes ?? Number.POSITIVE_INFINITY)
  const count = Math.floor(bytes / head.blockBytes) * perBlock
  const perStep = Math.max(1, Math.round(STEP_S * head.sampleRate)) * perBlock
  const dbfs: number[] = []
  for (let from = 0; from < count; from += perStep) {
    const to = Math.min(from + perStep, count)
    let power = 0
    for (let index = from; index < to; index++) power += samples(index) ** 2
    dbfs.push(Math.max(SILENCE_DB, 10 * Math.log10(power / (to - from))))
  }
  return { step_s: perStep / perBlock / head.sampleRate, dbfs }
}

/** Reads a sample by its number, as a share of full scale. */
function readerOf(
  wav: Buffer,
  { format, bitsPerSample, dataAt }: WavHeader,
): ((index: number) => number) | undefined {
  if (format === 3 && bitsPerSample === 32) return (index) => wav.readFloatLE(dataAt + 4 * index)
  if (format !== 1) return undefined
  switch (bitsPerSample) {
    case 16:
      return (index) => wav.readInt16LE(dataAt + 2 * index) / 2 ** 15
    case 24:
      return (index) => wav.readIntLE(dataAt + 3 * index, 3) / 2 ** 23
    case 32:
      return (index) => wav.readInt32LE(dataAt + 4 * index) / 2 ** 31
    default:
      return undefined
  }
}

const unreadable = (name: string, why: string) =>
  speechError('AUDIO_UNREADABLE', `The audio of channel "${name}" cannot be read: ${why}.`, {
    hint: 'Send a WAV file of that channel in base64, or { step_s, dbfs } with its levels.',
    details: [{ path: 'channels', message: `audio of "${name}": ${why}` }],
  })
