import { createSignal, onCleanup } from 'solid-js'
import { asCallError, type CallError, peaksOf } from '#ui'
import { createPlayer } from './player.ts'
import { SAMPLE_RATE_HZ, type SpeechWish, streamSpeech, wavFile } from './stream-speech.ts'

/** How the speech of a page stands. */
export type Speech =
  | { type: 'none' }
  | { type: 'waiting' }
  | { type: 'coming'; seconds: number; peaks: number[] }
  | { type: 'there'; seconds: number; peaks: number[]; url: string; file: Blob; isWhole: boolean }
  | { type: 'failed'; error: CallError }

/** Half an hour: what is kept in the page must end somewhere. */
const MOST_SAMPLES = SAMPLE_RATE_HZ * 1800

/** All of it is drawn anew, so of long speech not for every part that comes. */
const LEAST_GROWTH = 1.02

/** Speech that is heard as it comes and kept to be heard again, until the page is left. */
export function createSpeech() {
  const [speech, setSpeech] = createSignal<Speech>({ type: 'none' })
  let asking: AbortController | undefined
  const drop = () => {
    const before = speech()
    if (before.type === 'there') URL.revokeObjectURL(before.url)
  }
  const stop = () => asking?.abort()
  onCleanup(() => {
    stop()
    drop()
  })
  const keep = (parts: readonly Int16Array<ArrayBuffer>[], isWhole: boolean) => {
    const samples = joined(parts)
    const file = wavFile(parts)
    setSpeech({
      ...{ type: 'there', isWhole, file, url: URL.createObjectURL(file) },
      ...{ seconds: samples.length / SAMPLE_RATE_HZ, peaks: peaksOf(samples) },
    })
  }
  return {
    speech,
    stop,
    isBusy: () => speech().type === 'waiting' || speech().type === 'coming',
    async speak(wish: SpeechWish) {
      stop()
      drop()
      const mine = new AbortController()
      asking = mine
      const player = createPlayer()
      mine.signal.addEventListener('abort', () => player.stop())
      const parts: Int16Array<ArrayBuffer>[] = []
      let count = 0
      let shown = 0
      setSpeech({ type: 'waiting' })
      try {
        for await (const part of streamSpeech(wish, mine.signal)) {
          player.push(part)
          parts.push(part)
          count += part.length
          if (count > MOST_SAMPLES) break
          if (count < shown * LEAST_GROWTH) continue
          shown = count
          setSpeech({
            ...{ type: 'coming', seconds: count / SAMPLE_RATE_HZ, peaks: peaksOf(joined(parts)) },
          })
        }
        if (asking === mine) keep(parts, count <= MOST_SAMPLES)
      } catch (thrown) {
        player.stop()
        // another wish has taken its place
        if (asking !== mine) return
        if (!mine.signal.aborted) setSpeech({ type: 'failed', error: asCallError(thrown) })
        else if (count > 0) keep(parts, false)
        else setSpeech({ type: 'none' })
      }
    },
  }
}

function joined(parts: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
