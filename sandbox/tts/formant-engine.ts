import type { Pace } from '../pace.ts'
import { sing } from './formants.ts'
import { SAMPLE_RATE_HZ, type SpeechEngine, sentencesOf } from './speech-engine.ts'
import { VOICES } from './voices.ts'

/** What a DGX Spark needs for a second of speech, about. */
const REALTIME_FACTOR = 0.04
const BUSY = 8

/** The engine of the sandbox. It takes its time as a GPU does, longer when it is busy. */
export const createFormantEngine = (pace: Pace, isBusy: () => boolean): SpeechEngine => ({
  voices: VOICES,
  async *speak({ text, voice, speed, volume }, signal) {
    for (const sentence of sentencesOf(text)) {
      const { samples, words } = sing(sentence, voice, { speed, volume })
      const audioMs = (samples.length / SAMPLE_RATE_HZ) * 1000
      await pace.sleep(audioMs * REALTIME_FACTOR * (isBusy() ? BUSY : 1), signal)
      yield { text: sentence, samples, words }
    }
  },
})
