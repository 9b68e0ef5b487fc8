import { cleanup, fireEvent, render, screen, waitFor } from '@solidjs/testing-library'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { applyEvent } from '../../../ui/live.ts'
import { installAudio } from '../../../ui/testing/audio.ts'
import { aController, aService } from '../../../ui/testing/views.ts'
import TranscribePage from './TranscribePage.tsx'

/** One upload of the page, to be answered by the test. */
interface Upload {
  form: FormData
  isAborted: boolean
  progress(loaded: number, total: number): void
  sent(): void
  answer(status: number, body: unknown): void
}
const uploads: Upload[] = []

class FakeRequest {
  upload: Record<string, (event?: unknown) => void> = {}
  status = 0
  responseText = ''
  onload?: () => void
  #isAborted = false
  open(method: string, path: string) {
    expect([method, path]).toEqual(['POST', '/v1/audio/transcriptions'])
  }
  abort() {
    this.#isAborted = true
  }
  send(form: FormData) {
    const isAborted = () => this.#isAborted
    uploads.push({
      form,
      get isAborted() {
        return isAborted()
      },
      progress: (loaded, total) =>
        this.upload.onprogress?.({ loaded, total, lengthComputable: true }),
      sent: () => this.upload.onload?.(),
      answer: (status, body) => {
        this.status = status
        this.responseText = JSON.stringify(body)
        this.onload?.()
      },
    })
  }
}

const DIARIZED = {
  task: 'transcribe',
  duration: 6,
  text: 'Good morning. Thanks.',
  warnings: ['The end is cut.'],
  speakers: [],
  segments: [
    {
      ...{ id: '0', start: 0, end: 2, text: 'Good morning.', speaker: 'A', overlap: false },
      words: [
        { word: 'Good', start: 0, end: 1 },
        { word: 'morning.', start: 1, end: 2 },
      ],
    },
    { ...{ id: '1', start: 3, end: 4, text: 'Thanks.', speaker: 'Bob', overlap: true }, words: [] },
  ],
}

let audio: ReturnType<typeof installAudio>
beforeAll(() => {
  audio = installAudio()
  vi.stubGlobal('XMLHttpRequest', FakeRequest)
})
beforeEach(() => void uploads.splice(0))
afterEach(cleanup)

function show(services = [aService({ id: 'asr', kind: 'parakeet', models: ['parakeet'] })]) {
  applyEvent({
    type: 'snapshot',
    ...{ controller: aController(), hosts: [], services, jobs: [], leases: [] },
  })
  render(() => <TranscribePage />)
}

async function choose(name = 'meeting.wav'): Promise<Upload> {
  const file = new File(['RIFF'], name, { type: 'audio/wav' })
  fireEvent.change(screen.getByLabelText('Drop a recording here'), { target: { files: [file] } })
  await waitFor(() => expect(uploads.length).toBeGreaterThan(0))
  return uploads.at(-1) as Upload
}

/** Presses Record on a page that gets a microphone with this track; the asking for it. */
function record(track: { stop(): void }) {
  const getUserMedia = vi.fn(async () => ({ getTracks: () => [track] }))
  Object.defineProperty(navigator, 'mediaDevices', { value: { getUserMedia }, configurable: true })
  show()
  fireEvent.click(screen.getByRole('button', { name: 'Record' }))
  return getUserMedia
}

describe('the page to transcribe', () => {
  it('sends a file with its progress and shows who said what; a word plays itself', async () => {
    show()
    const upload = await choose()
    const fields = [...upload.form.entries()].map(([name]) => name)
    expect(fields.at(-1)).toBe('file')
    expect(upload.form.get('response_format')).toBe('diarized_json')
    upload.progress(1, 4)
    const bar = await screen.findByRole('progressbar', { name: 'Sending meeting.wav' })
    expect(bar.getAttribute('aria-valuenow')).toBe('25')
    upload.sent()
    await screen.findByText('Listening to meeting.wav…')
    upload.answer(200, DIARIZED)
    await screen.findByText('Speaker A')
    expect(screen.getByText('Bob')).toBeDefined()
    expect(screen.getByText('others speak too')).toBeDefined()
    expect(screen.getByText('The end is cut.')).toBeDefined()
    fireEvent.click(screen.getByRole('button', { name: 'morning.' }))
    expect(audio.played().at(-1)).toMatch(/from 1$/)
  })

  it('saves subtitles and the answer itself', async () => {
    show()
    ;(await choose()).answer(200, DIARIZED)
    const saved = async (name: string) => {
      fireEvent.click(await screen.findByRole('button', { name }))
      return audio.saved().at(-1)?.text()
    }
    expect(await saved('Save SRT')).toBe(
      '1\n00:00:00,000 --> 00:00:02,000\nSpeaker A: Good morning.\n\n' +
        '2\n00:00:03,000 --> 00:00:04,000\nBob: Thanks.\n\n',
    )
    expect(await saved('Save VTT')).toBe(
      'WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n<v Speaker A>Good morning.\n\n' +
        '00:00:03.000 --> 00:00:04.000\n<v Bob>Thanks.\n\n',
    )
    expect(JSON.parse((await saved('Save JSON')) ?? '')).toEqual(DIARIZED)
  })

  it('copies what was said as plain text, with who said it', async () => {
    const copied = vi.fn(async () => undefined)
    vi.stubGlobal('navigator', { ...navigator, clipboard: { writeText: copied } })
    show()
    ;(await choose()).answer(200, DIARIZED)
    fireEvent.click(await screen.findByRole('button', { name: 'Copy what was said' }))
    expect(copied).toHaveBeenCalledWith('Speaker A: Good morning.\n\nBob: Thanks.')
  })

  it('asks for the words alone where speakers cannot be told apart, and says so', async () => {
    show()
    const error = { code: 'speakers_unavailable', message: 'asr cannot tell speakers apart.' }
    ;(await choose()).answer(422, { error })
    await waitFor(() => expect(uploads).toHaveLength(2))
    const second = uploads[1] as Upload
    expect(second.form.get('response_format')).toBe('verbose_json')
    const words = [{ word: 'Hello', start: 0, end: 1 }]
    second.answer(200, {
      text: 'Hello',
      duration: 1,
      words,
      segments: [{ start: 0, end: 1, text: 'Hello' }],
    })
    await screen.findByText('This service cannot tell speakers apart.')
    expect(screen.getByRole('button', { name: 'Hello' })).toBeDefined()
  })

  it('is cancelled, and its upload with it', async () => {
    show()
    const upload = await choose()
    fireEvent.click(await screen.findByRole('button', { name: 'Cancel' }))
    expect(upload.isAborted).toBe(true)
    await waitFor(() => expect(screen.queryByRole('progressbar')).toBeNull())
    expect(screen.queryByRole('alert')).toBeNull()
  })

  it('says what went wrong, and when nothing was said', async () => {
    show()
    ;(await choose('noise.bin')).answer(400, {
      error: { code: 'audio_unreadable', message: 'It is no audio.' },
    })
    await screen.findByText('noise.bin could not be transcribed.')
    expect(screen.getByText('It is no audio.')).toBeDefined()
    uploads.splice(0)
    ;(await choose()).answer(200, { text: '', duration: 3, segments: [] })
    await screen.findByText('Nothing was heard in it.')
  })

  it('explains why it cannot record on a page that is not secure', () => {
    vi.stubGlobal('isSecureContext', false)
    show()
    expect(screen.getByRole('button', { name: 'Record' })).toHaveProperty('disabled', true)
    expect(screen.getByText(/only over https/)).toBeDefined()
  })

  it('records, stops, and sends what it recorded', async () => {
    vi.stubGlobal('isSecureContext', true)
    let recorder: { ondataavailable?: (event: object) => void } = {}
    const track = { stop: vi.fn() }
    vi.stubGlobal(
      'MediaRecorder',
      class {
        state = 'recording'
        mimeType = 'audio/webm;codecs=opus'
        ondataavailable?: (event: object) => void
        onstop?: () => void
        constructor() {
          recorder = this
        }
        start() {}
        stop() {
          this.onstop?.()
        }
      },
    )
    const getUserMedia = record(track)
    await screen.findByText('Recording: 0:00')
    recorder.ondataavailable?.({ data: new Blob(['sound']) })
    await screen.findByText('Recording: 0:01')
    fireEvent.click(screen.getByRole('button', { name: 'Stop and transcribe' }))
    await waitFor(() => expect(uploads).toHaveLength(1))
    expect(uploads[0]?.form.get('file')).toMatchObject({ name: 'recording.webm' })
    expect(track.stop).toHaveBeenCalled()
    cleanup()
    getUserMedia.mockRejectedValueOnce(Object.assign(new Error('no'), { name: 'NotAllowedError' }))
    show()
    fireEvent.click(screen.getByRole('button', { name: 'Record' }))
    await screen.findByText(/Allow the microphone/)
  })

  it('asks for the microphone once however often it is pressed, and lets go of one it cannot record', async () => {
    vi.stubGlobal('isSecureContext', true)
    vi.stubGlobal(
      'MediaRecorder',
      class {
        constructor() {
          throw new Error('no format of it is known')
        }
      },
    )
    const track = { stop: vi.fn() }
    const getUserMedia = record(track)
    fireEvent.click(screen.getByRole('button', { name: 'Record' }))
    await screen.findByText(/no format of it is known/)
    expect(getUserMedia).toHaveBeenCalledTimes(1)
    expect(track.stop).toHaveBeenCalledTimes(1)
  })

  it('tells how to get one where there is no such service, and chooses where there are several', () => {
    show([])
    expect(screen.getByText('There is no speech to text yet.')).toBeDefined()
    cleanup()
    show([aService({ id: 'a', kind: 'parakeet' }), aService({ id: 'b', kind: 'parakeet' })])
    expect(screen.getByLabelText('Listen with')).toBeDefined()
  })
})
