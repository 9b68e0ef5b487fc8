import type { Running, Service } from '#core'
import type { api } from './api.ts'
import { findProgram } from './audio/ffmpeg.ts'
import { lookAt } from './probe/look.ts'
import type { Settings } from './settings.ts'
import { statsOf } from './stats.ts'
import { transcribe } from './transcribe/transcribe.ts'

/** Watches one speech server. Nothing but its containers is ever started or stopped. */
export function startService(service: Service<Settings>): Running<typeof api> {
  const { models, aliases } = service.settings
  const ffmpeg = findProgram('ffmpeg')
  const stats = statsOf(service)
  return {
    handlers: {},
    answers: { 'POST /v1/audio/transcriptions': transcribe({ service, ffmpeg }) },
    async probe(signal) {
      const health = await lookAt(service, signal)
      return { ...health, figures: { ...health.figures, ...stats.figures() } }
    },
    metrics: stats.metrics,
    models: () => models,
    aliases: () => aliases,
  }
}
