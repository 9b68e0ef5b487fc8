import { type AudioClock, createAdtsClock, createMp3Clock } from './frames.ts'
import { createOpusClock } from './opus.ts'
import { frameBytesOf, readWavHead } from './wav.ts'

/** 24 kHz, 16 bits, one channel: how Kokoro sends `pcm`. */
export const PCM_BYTES_PER_S = 48_000

export const FORMATS = ['mp3', 'opus', 'aac', 'flac', 'wav', 'pcm'] as const
export type Format = (typeof FORMATS)[number]

/**
 * Counts how long the audio of an answer is while it passes. FLAC that is streamed does not say it
 * before its end is decoded, so it stays unknown.
 */
export function createAudioClock(format: Format): AudioClock {
  switch (format) {
    case 'mp3':
      return createMp3Clock()
    case 'aac':
      return createAdtsClock()
    case 'opus':
      return createOpusClock()
    case 'wav':
      return createWavClock()
    case 'pcm':
      return createPcmClock()
    case 'flac':
      return { take() {}, seconds: () => null }
  }
}

function createPcmClock(): AudioClock {
  let sizeBytes = 0
  return {
    take(bytes) {
      sizeBytes += bytes.length
    },
    seconds: () => (sizeBytes > 0 ? sizeBytes / PCM_BYTES_PER_S : null),
  }
}

function createWavClock(): AudioClock {
  let head: Buffer | null = Buffer.alloc(0)
  let bytesPerS = 0
  let sizeBytes = 0
  return {
    take(bytes) {
      if (head === null) {
        sizeBytes += bytes.length
        return
      }
      head = Buffer.concat([head, bytes])
      const wav = readWavHead(head)
      if (wav === 'more') return
      if (wav) {
        bytesPerS = frameBytesOf(wav.format) * wav.format.sampleRateHz
        sizeBytes = head.length - wav.startByte
      }
      head = null
    },
    seconds: () => (bytesPerS > 0 && sizeBytes > 0 ? sizeBytes / bytesPerS : null),
  }
}
