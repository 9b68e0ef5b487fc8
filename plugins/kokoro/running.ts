import { answer, type Running, type Service } from '#core'
import type { api } from './api.ts'
import { createProbe } from './probe.ts'
import type { Settings } from './settings.ts'
import { speakerOf } from './speaker.ts'
import { captionsAnswer, speechAnswer } from './speech/speak.ts'

/** One Kokoro server: watched, and asked to speak. */
export function startService(service: Service<Settings>): Running<typeof api> {
  const speaker = speakerOf(service)
  return {
    probe: createProbe(service),
    models: () => speaker.models(),
    metrics: () => speaker.meter.families(),
    answers: {
      'POST /v1/audio/speech': speechAnswer(service, speaker),
      'POST /v1/audio/captioned_speech': captionsAnswer(service, speaker),
    },
    handlers: {
      'GET /activity': () => {
        const { requests, characters, audioS, firstByteS } = speaker.meter.totals()
        const error = speaker.lastError()
        return answer(200, {
          ...{ requests, characters, audio_seconds: audioS, first_byte_seconds: firstByteS },
          realtime_factor: speaker.meter.realtimeFactor(),
          last_error: error && {
            at: new Date(error.atMs).toISOString(),
            code: error.code,
            message: error.message,
          },
        })
      },
    },
  }
}
