import { SAMPLE_RATE_HZ, type TimedWord } from './speech-engine.ts'
import type { Share } from './voices.ts'

/** First three resonances of the vowels, in Hz (after Peterson and Barney's averages). */
const VOWELS: Record<string, readonly [number, number, number]> = {
  a: [730, 1090, 2440],
  e: [530, 1840, 2480],
  i: [270, 2290, 3010],
  o: [570, 840, 2410],
  u: [300, 870, 2240],
  y: [270, 2000, 2800],
}
const NASAL = [250, 1200, 2200] as const
const HISS = new Set('sfhzxcv')
const HUM = new Set('mnlrwj')
const VOWEL_MS = 95
const CONSONANT_MS = 55
const GAP_MS = 45

/** How a mix sounds: pitch and length of the throat, each voice by its share. */
interface Throat {
  pitchHz: number
  stretch: number
}

/** Speech of a kind, from letters: a buzz through three resonances for vowels, noise for the rest. */
export function sing(
  text: string,
  voice: readonly Share[],
  { speed, volume }: { speed: number; volume: number },
): { samples: Int16Array; words: TimedWord[] } {
  const throat = throatOf(voice)
  const parts: Float32Array[] = []
  const words: TimedWord[] = []
  let at = 0
  const add = (part: Float32Array) => {
    parts.push(part)
    at += part.length
  }
  const ms = (length: number) => Math.max(1, Math.round((length / 1000 / speed) * SAMPLE_RATE_HZ))
  for (const word of text.match(/[\p{L}\p{N}']+/gu) ?? []) {
    const start = at
    for (const letter of word.toLowerCase().slice(0, 40)) add(soundOf(letter, throat, ms))
    words.push({
      word,
      start_time: round(start / SAMPLE_RATE_HZ),
      end_time: round(at / SAMPLE_RATE_HZ),
    })
    add(new Float32Array(ms(GAP_MS)))
  }
  add(new Float32Array(ms(GAP_MS * 3)))
  const samples = new Int16Array(at)
  let next = 0
  for (const part of parts)
    for (const value of part)
      samples[next++] = Math.max(-1, Math.min(1, value * volume * LOUDNESS)) * 32_767
  return { samples, words }
}

const LOUDNESS = 0.5
const round = (seconds: number): number => Math.round(seconds * 1000) / 1000

function throatOf(voice: readonly Share[]): Throat {
  let pitchHz = 0
  let stretch = 0
  for (const { voice: name, weight } of voice) {
    const spread = hash(name)
    const isFemale = name[1] === 'f'
    pitchHz += weight * ((isFemale ? 185 : 105) + spread * 30)
    stretch += weight * ((isFemale ? 1.12 : 0.96) + spread * 0.08)
  }
  return { pitchHz: Math.max(60, Math.abs(pitchHz)), stretch: Math.max(0.7, Math.abs(stretch)) }
}

function soundOf(letter: string, throat: Throat, ms: (length: number) => number): Float32Array {
  const vowel = VOWELS[letter]
  if (vowel) return voiced(vowel, throat, ms(VOWEL_MS))
  if (HUM.has(letter)) return voiced(NASAL, throat, ms(CONSONANT_MS))
  if (HISS.has(letter)) return noise(ms(CONSONANT_MS), hash(letter))
  if (/\d/.test(letter))
    return voiced(VOWELS['aeiou'[Number(letter) % 5] ?? 'a'] ?? NASAL, throat, ms(VOWEL_MS))
  // a stop: silence, then a burst
  const sound = new Float32Array(ms(CONSONANT_MS))
  sound.set(noise(Math.floor(sound.length / 3), hash(letter)), Math.ceil((sound.length * 2) / 3))
  return sound
}

/** Pulses of the pitch through two-pole resonators in a row of three, side by side. */
function voiced(
  resonances: readonly [number, number, number],
  { pitchHz, stretch }: Throat,
  length: number,
): Float32Array {
  const out = new Float32Array(length)
  for (const [index, hz] of resonances.entries()) {
    const widthHz = 60 + index * 40
    const radius = Math.exp((-Math.PI * widthHz) / SAMPLE_RATE_HZ)
    const turn = 2 * radius * Math.cos((2 * Math.PI * hz * stretch) / SAMPLE_RATE_HZ)
    let before = 0
    let last = 0
    for (let n = 0; n < length; n += 1) {
      const pulse = (n * pitchHz) % SAMPLE_RATE_HZ < pitchHz ? 1 : 0
      const value = pulse * (1 - radius) * 10 + turn * last - radius * radius * before
      before = last
      last = value
      out[n] = (out[n] ?? 0) + value / (index + 1)
    }
  }
  return soften(out)
}

function noise(length: number, seed: number): Float32Array {
  const out = new Float32Array(length)
  let state = Math.floor(seed * 65_536) + 1
  let last = 0
  for (let n = 0; n < length; n += 1) {
    state = (state * 16_807) % 2_147_483_647
    const white = state / 1_073_741_823 - 1
    out[n] = (white - last) * 0.12
    last = white
  }
  return soften(out)
}

/** No step where sounds meet. */
function soften(sound: Float32Array): Float32Array {
  const edge = Math.min(Math.round(SAMPLE_RATE_HZ * 0.006), Math.floor(sound.length / 2))
  for (let n = 0; n < edge; n += 1) {
    sound[n] = (sound[n] ?? 0) * (n / edge)
    const end = sound.length - 1 - n
    sound[end] = (sound[end] ?? 0) * (n / edge)
  }
  return sound
}

/** A number from 0 to 1 that belongs to a name. */
function hash(name: string): number {
  let sum = 7
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973
  return sum / 9973
}
