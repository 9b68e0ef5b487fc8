import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  SAMPLE_RATE_HZ,
  type Sentence,
  type SpeechEngine,
  sentencesOf,
} from '../../../sandbox/tts/speech-engine.ts'

const run = promisify(execFile)

/** Our names for the voices of Debian's flite, by language and gender as Kokoro's are. */
const FLITE_VOICES: Record<string, string> = {
  af_slt: 'slt',
  am_rms: 'rms',
  bm_awb: 'awb',
  am_kal: 'kal16',
}

/** Real speech behind the contract of Kokoro-FastAPI. flite cannot mix: the loudest voice speaks. */
export const createFliteEngine = (): SpeechEngine => ({
  voices: Object.keys(FLITE_VOICES),
  async *speak({ text, voice, speed }, signal) {
    const [loudest] = [...voice].sort((a, b) => b.weight - a.weight)
    const name = FLITE_VOICES[loudest?.voice ?? ''] ?? 'slt'
    const folder = await mkdtemp(join(tmpdir(), 'flite-'))
    try {
      for (const sentence of sentencesOf(text))
        yield await speakOne(sentence, name, speed, join(folder, 'speech.wav'), signal)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
})

async function speakOne(
  text: string,
  voice: string,
  speed: number,
  file: string,
  signal: AbortSignal,
): Promise<Sentence> {
  const stretch = `duration_stretch=${1 / speed}`
  await run('flite', ['-voice', voice, '--setf', stretch, '-o', file, '-t', text], { signal })
  const wav = await readFile(file)
  const given = new Int16Array(wav.buffer, wav.byteOffset + 44, Math.floor((wav.length - 44) / 2))
  const samples = resample(given, wav.readUInt32LE(24), SAMPLE_RATE_HZ)
  return { text, samples, words: spread(text, samples.length / SAMPLE_RATE_HZ) }
}

/** Straight lines between the samples: enough where the higher rate holds nothing more. */
export function resample(given: Int16Array, fromHz: number, toHz: number): Int16Array {
  const made = new Int16Array(Math.floor((given.length * toHz) / fromHz))
  for (let n = 0; n < made.length; n += 1) {
    const at = (n * fromHz) / toHz
    const before = Math.floor(at)
    const [a = 0, b = a] = [given[before], given[before + 1]]
    made[n] = a + (b - a) * (at - before)
  }
  return made
}

/** flite does not say when it says what, so a word has its share by its letters. */
function spread(text: string, seconds: number): Sentence['words'] {
  const words = text.match(/[\p{L}\p{N}']+/gu) ?? []
  const letters = words.join('').length
  let at = 0
  return words.map((word) => {
    const start_time = at
    at += (seconds * word.length) / letters
    return { word, start_time, end_time: at }
  })
}
