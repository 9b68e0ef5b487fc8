import { createEffect, createMemo, createSignal, type JSX, onCleanup } from 'solid-js'
import { formatClock, type Peaks } from './audio.ts'
import { Button } from './Button.tsx'
import { icons } from './icons.ts'
import { Waveform } from './Waveform.tsx'

/** What can be done with a sound from outside of it. */
export interface SoundControls {
  playFrom(seconds: number): void
  pause(): void
}

/** A sound that can be played: its picture, where it is, and buttons. */
export function Sound(props: {
  label: string
  /** URL of the audio. */
  src: string
  peaks: Peaks
  /** Its length where that is known; else as the browser finds out. */
  seconds?: number | undefined
  /** Called while it plays, with the moment in seconds. */
  onMoment?: (seconds: number) => void
  controls?: (controls: SoundControls) => void
  actions?: JSX.Element
}) {
  const audio = new Audio()
  const [at, setAt] = createSignal(0)
  const [length, setLength] = createSignal(0)
  const [isPlaying, setIsPlaying] = createSignal(false)
  // the same sound with a new picture plays on
  const src = createMemo(() => props.src)
  createEffect(() => {
    audio.src = src()
    setAt(0)
  })
  const move = () => {
    setAt(audio.currentTime)
    props.onMoment?.(audio.currentTime)
  }
  let frame = 0
  const follow = () => {
    move()
    if (!audio.paused) frame = requestAnimationFrame(follow)
  }
  audio.addEventListener('loadedmetadata', () => {
    if (Number.isFinite(audio.duration)) setLength(audio.duration)
  })
  audio.addEventListener('play', () => {
    setIsPlaying(true)
    follow()
  })
  for (const name of ['pause', 'ended'])
    audio.addEventListener(name, () => {
      setIsPlaying(false)
      move()
    })
  onCleanup(() => {
    cancelAnimationFrame(frame)
    audio.pause()
    audio.removeAttribute('src')
  })
  const seconds = () => props.seconds ?? length()
  // a browser may refuse to play what nobody pressed a button for; the button stays
  const play = () => void audio.play()?.catch(() => setIsPlaying(false))
  const goTo = (moment: number) => {
    audio.currentTime = moment
    move()
  }
  props.controls?.({
    playFrom(moment) {
      goTo(moment)
      play()
    },
    pause: () => audio.pause(),
  })
  return (
    <div class="sound">
      <Waveform
        label={props.label}
        peaks={props.peaks}
        seconds={seconds()}
        at={at()}
        onSeek={goTo}
      />
      <div class="row" data-gap="small">
        <Button
          icon={isPlaying() ? icons.pause : icons.play}
          onClick={() => (isPlaying() ? audio.pause() : play())}
        >
          {isPlaying() ? 'Pause' : 'Play'}
        </Button>
        <span class="muted small">
          {formatClock(at())} of {formatClock(seconds())}
        </span>
        {props.actions}
      </div>
    </div>
  )
}
