import { Pieces } from '#core'
import { speechError } from '../errors.ts'
import { type AudioType, sniff } from './sniff.ts'
import { MOST_HEAD_BYTES, readWavHeader, type WavHeader } from './wav-header.ts'

/** An audio file whose beginning was looked at; `content` still has all of it. */
export interface OpenAudio {
  type: AudioType | 'unknown'
  /** Its head, if it is a WAV file. */
  wav?: WavHeader
  content: AsyncIterable<Buffer>
}

/**
 * Looks at the beginning of a file before anything is sent on. Rejects with AUDIO_EMPTY, AUDIO_TYPE
 * for what is no audio, AUDIO_UNREADABLE for a WAV file without sound, or as the file itself does.
 */
export async function openAudio(file: AsyncIterable<Buffer>): Promise<OpenAudio> {
  const parts = file[Symbol.asyncIterator]()
  let head: Buffer = Buffer.alloc(0)
  const readOn = async (enough: (head: Buffer) => boolean): Promise<void> => {
    for (let isOver = false; !isOver && !enough(head); ) {
      const pieces = new Pieces()
      pieces.add(head)
      // Looked at again when there is twice as much: sent byte by byte, it would cost its square.
      do {
        const { done, value } = await parts.next()
        isOver = done === true
        if (!done) pieces.add(value)
      } while (!isOver && pieces.sizeBytes < 2 * head.length)
      head = pieces.whole()
    }
  }
  await readOn(({ length }) => length >= 64)
  if (head.length === 0) throw speechError('AUDIO_EMPTY', 'The file is empty.', { details: [FILE] })
  const found = sniff(head)
  if (typeof found === 'object' && 'no' in found)
    throw speechError('AUDIO_TYPE', `The file is ${found.no}, not audio.`, {
      hint: 'Send WAV, MP3, FLAC, Ogg, M4A or WebM.',
      details: [FILE],
    })
  const content = both(() => head, parts)
  if (found === 'unknown') return { type: 'unknown', content }
  if (found.audio !== 'wav') return { type: found.audio, content }
  await readOn((bytes) => readWavHeader(bytes) !== 'more' || bytes.length > MOST_HEAD_BYTES)
  const wav = readWavHeader(head)
  if (wav === 'more') throw unreadable('it ends in the middle of its head')
  if ('mistake' in wav) throw unreadable(wav.mistake)
  await readOn(({ length }) => length > wav.dataAt)
  if (head.length <= wav.dataAt)
    throw speechError('AUDIO_EMPTY', 'The WAV file has a head and no sound.', { details: [FILE] })
  return { type: 'wav', wav, content }
}

const FILE = { path: 'file', message: 'cannot be transcribed' }

const unreadable = (why: string) =>
  speechError('AUDIO_UNREADABLE', `The WAV file cannot be read: ${why}.`, { details: [FILE] })

async function* both(head: () => Buffer, rest: AsyncIterator<Buffer>): AsyncIterable<Buffer> {
  try {
    yield head()
    for (;;) {
      const { done, value } = await rest.next()
      if (done) return
      yield value
    }
  } finally {
    await rest.return?.()
  }
}
