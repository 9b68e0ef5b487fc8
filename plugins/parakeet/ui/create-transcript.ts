import { createSignal, onCleanup } from 'solid-js'
import { asCallError, type CallError, readPeaks } from '#ui'
import { type AudioWish, type Progress, sendAudio } from './send-audio.ts'
import { readAnswer, type Said } from './transcript.ts'

/** The recording of a page, and how its transcript stands. */
export interface Recording {
  name: string
  url: string
  /** Absent while they are drawn, or where the browser cannot read the file. */
  peaks: number[]
}

export type Listening =
  | { type: 'none' }
  | Progress
  | { type: 'there'; said: Said; note: string | undefined }
  | { type: 'failed'; error: CallError }

/** A recording and its transcript, until the page is left or another is sent. */
export function createTranscript() {
  const [recording, setRecording] = createSignal<Recording>()
  const [listening, setListening] = createSignal<Listening>({ type: 'none' })
  let asking: AbortController | undefined
  const drop = () => {
    const before = recording()
    if (before) URL.revokeObjectURL(before.url)
  }
  const stop = () => asking?.abort(new Error('cancelled'))
  onCleanup(() => {
    stop()
    drop()
  })
  return {
    recording,
    listening,
    stop,
    isBusy: () => listening().type === 'sending' || listening().type === 'listening',
    async send(wish: AudioWish) {
      stop()
      drop()
      const mine = new AbortController()
      asking = mine
      const url = URL.createObjectURL(wish.file)
      setRecording({ name: wish.name, url, peaks: [] })
      setListening({ type: 'sending', percent: 0 })
      void readPeaks(wish.file).then((peaks) => {
        if (peaks && asking === mine) setRecording({ name: wish.name, url, peaks })
      })
      const tell = (progress: Progress) => {
        if (asking === mine) setListening(progress)
      }
      try {
        const { answer, note } = await ask(wish, mine.signal, tell)
        if (asking === mine) setListening({ type: 'there', said: readAnswer(answer), note })
      } catch (thrown) {
        if (asking !== mine) return
        if (mine.signal.aborted) setListening({ type: 'none' })
        else setListening({ type: 'failed', error: asCallError(thrown) })
      }
    },
  }
}

/** Where speakers cannot be told apart, what was said is better than nothing. */
async function ask(wish: AudioWish, signal: AbortSignal, tell: (progress: Progress) => void) {
  try {
    return { answer: await sendAudio(wish, signal, tell), note: undefined }
  } catch (thrown) {
    if (!wish.hasSpeakers || asCallError(thrown).code.toUpperCase() !== 'SPEAKERS_UNAVAILABLE')
      throw thrown
    const answer = await sendAudio({ ...wish, hasSpeakers: false }, signal, tell)
    return { answer, note: 'This service cannot tell speakers apart.' }
  }
}
