import { cleanup, fireEvent, render, screen, waitFor } from '@solidjs/testing-library'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { applyEvent } from '../../../ui/live.ts'
import { installAudio } from '../../../ui/testing/audio.ts'
import { fakeController } from '../../../ui/testing/dom.ts'
import { aController, aService } from '../../../ui/testing/views.ts'
import SpeakPage from './SpeakPage.tsx'
import { findVoices, mixOf, type Voice } from './voices.ts'

let audio: ReturnType<typeof installAudio>
beforeAll(() => {
  audio = installAudio()
})
afterEach(cleanup)

const service = aService({ id: 'tts', kind: 'kokoro' })
const voice = (id: string, language: string, gender: Voice['gender']): Voice => ({
  ...{ id, name: id, language, gender },
})
const voices = [
  voice('af_bella', 'en-US', 'female'),
  voice('af_heart', 'en-US', 'female'),
  voice('bm_george', 'en-GB', 'male'),
  ...Array.from({ length: 10 }, (_, n) => voice(`zf_voice${n}`, 'zh', 'female')),
]

function show(more: Parameters<typeof fakeController>[0] = [], services = [service]) {
  const asked = fakeController([
    { route: 'GET /v1/audio/voices', json: { voices }, keep: true },
    ...more,
  ])
  applyEvent({
    type: 'snapshot',
    ...{ controller: aController(), hosts: [], services, jobs: [], leases: [] },
  })
  render(() => <SpeakPage />)
  return asked
}

const type = (text: string) =>
  fireEvent.input(screen.getByLabelText('What to say'), { target: { value: text } })
const press = async (name: string) => fireEvent.click(await screen.findByRole('button', { name }))

describe('the page to speak', () => {
  it('speaks what is typed with the usual voice, and keeps it to be heard and saved', async () => {
    const asked = show([{ route: 'POST /v1/audio/speech', text: 'samples of speech' }])
    await screen.findByText('With the voice of Heart')
    expect(screen.getByRole('button', { name: 'Speak' })).toHaveProperty('disabled', true)
    type(' Good morning. ')
    await press('Speak')
    await screen.findByRole('button', { name: 'Save' })
    expect(asked.at(-1)?.body).toEqual({
      ...{ input: 'Good morning.', voice: 'af_heart', speed: 1, response_format: 'pcm' },
    })
    // 17 bytes are 8 samples behind a head of 44
    expect(audio.saved().at(-1)?.size).toBe(44 + 16)
    await press('Play')
    expect(audio.played()).toHaveLength(1)
  })

  it('finds voices by what they are, mixes them by their shares, and refuses a share that is none', async () => {
    const asked = show([{ route: 'POST /v1/audio/speech', text: 'ab' }])
    await screen.findByText('And 5 more: search to find them.')
    fireEvent.input(screen.getByRole('searchbox'), { target: { value: 'brit male' } })
    await press('Mix in George')
    fireEvent.input(screen.getByLabelText('Share of George'), { target: { value: '0' } })
    type('Hello')
    expect(screen.getByText('Type a number above 0, such as 1 or 0.5.')).toBeDefined()
    expect(screen.getByRole('button', { name: 'Speak' })).toHaveProperty('disabled', true)
    fireEvent.input(screen.getByLabelText('Share of George'), { target: { value: '0.5' } })
    fireEvent.keyDown(screen.getByLabelText('What to say'), { key: 'Enter', ctrlKey: true })
    await waitFor(() => expect(asked.at(-1)?.path).toBe('/v1/audio/speech'))
    expect(asked.at(-1)?.body).toMatchObject({ voice: 'af_heart(1)+bm_george(0.5)' })
    await press('Leave out Heart')
    await screen.findByText('With the voice of George')
    fireEvent.input(screen.getByRole('searchbox'), { target: { value: 'klingon' } })
    await screen.findByText('No voice is called that.')
  })

  it('says what went wrong, and with the voices too', async () => {
    const error = { code: 'voice_unknown', message: 'There is no voice "x" on tts.' }
    show([{ route: 'POST /v1/audio/speech', status: 400, json: { error } }])
    await screen.findByText('With the voice of Heart')
    type('Hello')
    await press('Speak')
    await screen.findByText('This could not be spoken.')
    expect(screen.getByText('There is no voice "x" on tts.')).toBeDefined()
    cleanup()
    fakeController([])
    render(() => <SpeakPage />)
    await screen.findByText('The voices could not be read.')
  })

  it('tells how to get one where there is no such service', async () => {
    show([], [])
    await screen.findByText('There is no text to speech yet.')
  })
})

it('voices match by words, and a mix is written only when it is one', () => {
  const ids = (wanted: string) => findVoices(voices, wanted).map(({ id }) => id)
  expect(ids('american')).toEqual(['af_bella', 'af_heart'])
  expect(ids('male')).toEqual(['bm_george'])
  expect(ids('HEART fem')).toEqual(['af_heart'])
  expect(ids('af_heart')).toEqual(['af_heart'])
  expect(ids('')).toHaveLength(voices.length)
  expect(mixOf([{ voice: 'a', weight: '1' }])).toBe('a')
  expect(mixOf([])).toBeUndefined()
  for (const weight of ['', '0', '-1', 'x', '1e3', '1,5'])
    expect(mixOf([{ voice: 'a', weight }])).toBeUndefined()
})
