import { cleanup, fireEvent, render, screen } from '@solidjs/testing-library'
import { createSignal } from 'solid-js'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { installAudio } from '../testing/audio.ts'
import { formatClock, peaksOf } from './audio.ts'
import { Sound, type SoundControls } from './Sound.tsx'
import { SpokenList, SpokenTurn, type SpokenWord } from './Spoken.tsx'

let audio: ReturnType<typeof installAudio>
beforeAll(() => {
  audio = installAudio()
})
afterEach(cleanup)

const words = ['One', 'two', 'three'].map((word, at) => ({ word, start: at, end: at + 1 }))

describe('what a speaker said', () => {
  const show = () => {
    const pressed: SpokenWord[] = []
    const [at, setAt] = createSignal(-1)
    render(() => (
      <SpokenList label="Turns">
        <SpokenTurn
          speaker="Alice"
          tone={7}
          start={61}
          words={words}
          at={at()}
          onWord={(word) => pressed.push(word)}
        />
      </SpokenList>
    ))
    return { pressed, setAt }
  }

  it('is one stop of the tab key; arrows go from word to word, and a word can be pressed', () => {
    const { pressed } = show()
    const [one, two, three] = screen.getAllByRole('button')
    expect([one, two, three].map((word) => word?.tabIndex)).toEqual([0, -1, -1])
    one?.focus()
    fireEvent.keyDown(one as HTMLElement, { key: 'ArrowRight' })
    expect(document.activeElement).toBe(two)
    for (let n = 0; n < 3; n += 1) fireEvent.keyDown(two as HTMLElement, { key: 'ArrowRight' })
    expect(document.activeElement).toBe(three)
    expect([one, two, three].map((word) => word?.tabIndex)).toEqual([-1, -1, 0])
    fireEvent.click(three as HTMLElement)
    expect(pressed).toEqual([words[2]])
  })

  it('shows the word that is said now, and the speaker by name beside the colour', () => {
    const { setAt } = show()
    setAt(1.5)
    const now = screen.getAllByRole('button').filter((word) => word.ariaCurrent === 'true')
    expect(now.map((word) => word.textContent)).toEqual(['two'])
    expect(screen.getByText('Alice')).toBeDefined()
    expect(screen.getByText('1:01')).toBeDefined()
    expect(screen.getByRole('listitem').dataset.speaker).toBe('1')
  })
})

describe('a sound', () => {
  it('plays from a moment, is steered by keys, and says where it is', () => {
    let controls: SoundControls | undefined
    const moments: number[] = []
    render(() => (
      <Sound
        label="The speech"
        src="blob:x"
        peaks={[0.5, 1]}
        seconds={60}
        onMoment={(moment) => moments.push(moment)}
        controls={(given) => {
          controls = given
        }}
      />
    ))
    controls?.playFrom(12)
    expect(audio.played().at(-1)).toBe('blob:x from 12')
    expect(moments).toContain(12)
    const slider = screen.getByRole('slider', { name: 'The speech' })
    expect(slider.getAttribute('aria-valuetext')).toBe('0:12 of 1:00')
    fireEvent.keyDown(slider, { key: 'ArrowRight' })
    expect(slider.getAttribute('aria-valuenow')).toBe('17')
    fireEvent.keyDown(slider, { key: 'End' })
    expect(slider.getAttribute('aria-valuenow')).toBe('60')
    fireEvent.keyDown(slider, { key: 'Home' })
    expect(slider.getAttribute('aria-valuetext')).toBe('0:00 of 1:00')
  })

  it('has peaks of 0 to 1, however long it is', () => {
    expect(peaksOf(new Int16Array([0, -32_768, 16_384, 0]), 2)).toEqual([1, 0.5])
    expect(peaksOf(new Float32Array([0.25, -0.5]), 400)).toEqual([0.25, 0.5])
    expect(peaksOf(new Int16Array(), 400)).toEqual([])
    expect([5, 65, 3725].map(formatClock)).toEqual(['0:05', '1:05', '1:02:05'])
  })
})
