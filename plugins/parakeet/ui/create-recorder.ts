import { createSignal, onCleanup } from 'solid-js'

/** Why a page cannot record; undefined if it can. */
export function whyNoMicrophone(): string | undefined {
  if (!globalThis.isSecureContext)
    return 'Browsers let a page listen only over https, or on the machine it runs on. Open Spark Control as http://localhost there, put https in front of it, or drop a file here instead.'
  if (!navigator.mediaDevices || typeof MediaRecorder === 'undefined')
    return 'This browser cannot record. Drop a file here instead.'
  return undefined
}

/** Two hours: a recording that was forgotten ends somewhere. */
const LONGEST_S = 7_200

/** Records from the microphone until it is stopped; nothing leaves the page meanwhile. */
export function createRecorder(onRecorded: (file: File) => void) {
  const [seconds, setSeconds] = createSignal<number>()
  const [problem, setProblem] = createSignal<string>()
  let recorder: MediaRecorder | undefined
  let isWanted = true
  let isAsking = false
  const stop = () => {
    if (recorder?.state === 'recording') recorder.stop()
  }
  onCleanup(() => {
    isWanted = false
    stop()
  })
  const begin = (stream: MediaStream) => {
    const parts: Blob[] = []
    recorder = new MediaRecorder(stream)
    const { mimeType } = recorder
    recorder.ondataavailable = ({ data }) => {
      parts.push(data)
      const now = (seconds() ?? 0) + 1
      setSeconds(now)
      if (now >= LONGEST_S) stop()
    }
    recorder.onstop = () => {
      letGo(stream)
      setSeconds(undefined)
      if (!isWanted) return
      const ending = mimeType.includes('mp4') ? 'm4a' : mimeType.includes('ogg') ? 'ogg' : 'webm'
      onRecorded(new File(parts, `recording.${ending}`, { type: mimeType.split(';')[0] ?? '' }))
    }
    setSeconds(0)
    recorder.start(1000)
  }
  return {
    /** How long it has been recording; undefined: it is not. */
    seconds,
    problem,
    stop,
    async start() {
      setProblem(whyNoMicrophone())
      if (isAsking || problem() !== undefined) return
      isAsking = true
      let stream: MediaStream | undefined
      try {
        stream = await navigator.mediaDevices.getUserMedia({ audio: true })
        if (isWanted) begin(stream)
        else letGo(stream)
      } catch (thrown) {
        if (stream) letGo(stream)
        setProblem(explain(thrown))
      } finally {
        isAsking = false
      }
    },
  }
}

/** Stops listening. */
function letGo(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}

function explain(thrown: unknown): string {
  const name = thrown instanceof Error ? thrown.name : ''
  if (name === 'NotAllowedError')
    return 'The browser was told not to let this page listen. Allow the microphone in its address bar, or drop a file here instead.'
  if (name === 'NotFoundError')
    return 'No microphone was found. Plug one in, or drop a file here instead.'
  return `The microphone cannot be used${thrown instanceof Error ? `: ${thrown.message}` : ''}.`
}
