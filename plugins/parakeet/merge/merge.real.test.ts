import { existsSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { align, plain } from '../../../bench/speech/score/align.ts'
import { cpWer, type Said } from '../../../bench/speech/score/cpwer.ts'
import { wder } from '../../../bench/speech/score/wder.ts'
import { describeWhere } from '../../../core/testing/real/describe-where.ts'
import { createCleanup } from '../../../core/upstream/testing/rig.ts'
import { findProgram } from '../audio/ffmpeg.ts'
import { wavHead } from '../audio/wav-header.ts'
import { formOf } from '../testing/audio.ts'
import { type Line, speak } from '../testing/speak.ts'
import { startSphinxServer } from '../testing/sphinx-server.ts'
import type { Turn } from '../turns.ts'
import type { Word } from '../words.ts'
import { answerMerge } from './answer-merge.ts'
import type { MergedChannels } from './channels/merge-channels.ts'

const DIALOGUE: Line[] = [
  ['rms', 'Good morning everybody, and welcome to the meeting of this week.'],
  ['awb', 'The new house has seven rooms and a very large garden.'],
  ['slt', 'We would like to see the kitchen before the end of the month.'],
  ['kal16', 'Please call the office again on Monday morning.'],
  ['rms', 'Thank you very much for your time today.'],
]

const CALL: Line[] = [
  ['rms', 'Good morning, how are you doing today.'],
  ['slt', 'We would like to see the kitchen before the end of the month.'],
  ['rms', 'Please call the office again on Monday morning.'],
  ['slt', 'Thank you very much for your time today.'],
]

const MODEL = '/usr/share/pocketsphinx/model/en-us/en-us'
const RATE = 16_000
const HEAD_BYTES = 44

function missingParts(): string | undefined {
  const packages = [
    ...(findProgram('flite') ? [] : ['flite']),
    ...(findProgram('pocketsphinx_continuous') ? [] : ['pocketsphinx']),
    ...(existsSync(MODEL) ? [] : ['pocketsphinx-en-us']),
  ]
  return packages.length > 0
    ? `${packages.join(', ')} missing (Debian: apt-get install ${packages.join(' ')})`
    : undefined
}

const saidBy = (lines: readonly Line[]): Said[] =>
  lines.flatMap(([speaker, text]) =>
    text.split(' ').map((word) => ({ word: plain(word), speaker })),
  )

/** A channel of a recording: who speaks on it, and the others by so much quieter. */
function channelOf(wav: Buffer, turns: readonly Turn[], voice: string, bleed: number): Buffer {
  const samples = new Int16Array((wav.length - HEAD_BYTES) / 2)
  const isOwn = new Uint8Array(samples.length)
  for (const { start, end, speaker } of turns) {
    if (speaker === voice) isOwn.fill(1, Math.round(start * RATE), Math.round(end * RATE))
  }
  samples.forEach((_, at) => {
    const sample = wav.readInt16LE(HEAD_BYTES + 2 * at)
    samples[at] = Math.round(isOwn[at] ? sample : sample * bleed)
  })
  const sound = Buffer.from(samples.buffer)
  return Buffer.concat([wavHead({ sampleRate: RATE, channels: 1 }, sound.length), sound])
}

describeWhere(missingParts(), 'words of real speech', () => {
  const open = createCleanup()
  let hear: (wav: Buffer) => Promise<Word[]>

  beforeAll(async () => {
    const { port } = open.add(await startSphinxServer())
    hear = async (wav) => {
      const { body, type } = formOf([['file', wav]])
      const answer = await fetch(`http://127.0.0.1:${port}/`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: new Uint8Array(body),
      })
      return ((await answer.json()) as { words: Word[] }).words
    }
  })
  afterAll(open.run)

  it('of four voices go to those who said them', async () => {
    const { wav, turns } = await speak(DIALOGUE, 0.5)
    const words = await hear(wav)
    const { segments, speakers } = answerMerge({ words, turns })
    expect(speakers).toHaveLength(4)
    const merged = segments.flatMap((segment) => segment.words)
    const reference = saidBy(DIALOGUE)
    const said = merged.map(({ word, speaker }) => ({ word: plain(word), speaker }))
    const aligned = align(
      said.map(({ word }) => word),
      reference.map(({ word }) => word),
    )
    const truth = Array.from(aligned, (index) => reference[index]?.speaker ?? null)
    const { wrong, aligned: count } = wder(
      said.map(({ speaker }) => speaker),
      truth,
    )
    expect(count).toBeGreaterThan(35)
    // a word that is heard amiss may be aligned with one beyond the change
    expect(wrong).toBeLessThanOrEqual(1)
    const together = (list: readonly Said[]) => list.map((each) => ({ ...each, speaker: 'all' }))
    const alone = cpWer(together(said), together(reference)).errors
    expect(cpWer(said, reference).errors).toBeLessThanOrEqual(alone + 2)
  })

  it('that leaked from the far end at -20 dB are dropped, its own kept', async () => {
    const { wav, turns } = await speak(CALL, 0.5)
    const channels = await Promise.all(
      ['rms', 'slt'].map(async (name) => {
        const audio = channelOf(wav, turns, name, 0.1)
        return { name, audio: audio.toString('base64'), words: await hear(audio) }
      }),
    )
    const merged = answerMerge({ channels }) as MergedChannels
    const reference = saidBy(CALL)
    const errorsOf = ({ segments }: Pick<MergedChannels, 'segments'>) =>
      cpWer(
        segments.flatMap(({ words }) =>
          words.map(({ word, speaker }) => ({ word: plain(word), speaker })),
        ),
        reference,
      ).errors
    const isOwn = ({ start, end, channel }: Word & { channel: string }) =>
      turns.some((turn) => turn.speaker === channel && turn.start < end && turn.end > start)
    expect(merged.same_audio).toBe(false)
    expect(merged.dropped.length).toBeGreaterThan(10)
    expect(merged.dropped.filter(isOwn)).toEqual([])
    for (const { quieter_db } of merged.dropped) expect(quieter_db).toBeCloseTo(20, -1)
    const deaf = channels.map(({ name, words }) => ({ name, words }))
    const before = errorsOf(answerMerge({ channels: deaf }))
    expect(errorsOf(merged)).toBeLessThanOrEqual(before - merged.dropped.length)
  })
})
