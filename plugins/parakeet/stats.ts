import type { ControlError, MetricFamily, Service } from '#core'

/** What a service has done since it was started, for its tile and /metrics. */
export interface Stats {
  /** A transcription that took so long for so much audio, both in seconds. */
  done(audioS: number | undefined, tookS: number): void
  failed(error: ControlError): void
  figures(): Record<string, number | string>
  metrics(): MetricFamily[]
}

const all = new WeakMap<object, Stats>()

/** The figures of a service; whoever answers for it and its probe share them. */
export function statsOf(service: Pick<Service, 'clock'>): Stats {
  const known = all.get(service)
  if (known) return known
  const stats = createStats()
  all.set(service, stats)
  return stats
}

/** Figures of nothing yet. */
function createStats(): Stats {
  const counts = { done: 0, failed: 0, audioS: 0, tookS: 0 }
  let factor: number | undefined
  let lastError: ControlError | undefined
  return {
    done(audioS, tookS) {
      counts.done += 1
      lastError = undefined
      if (audioS === undefined || tookS <= 0) return
      counts.audioS += audioS
      counts.tookS += tookS
      const own = audioS / tookS
      // the last ones count most
      factor = factor === undefined ? own : factor * 0.7 + own * 0.3
    },
    failed(error) {
      counts.failed += 1
      lastError = error
    },
    figures: () => ({
      ...(factor !== undefined && { real_time_factor: Math.round(factor * 10) / 10 }),
      ...(lastError && { last_error: lastError.message.slice(0, 200) }),
    }),
    metrics: () => [
      family('speech_transcriptions_total', 'Transcriptions by outcome', [
        [{ outcome: 'done' }, counts.done],
        [{ outcome: 'failed' }, counts.failed],
      ]),
      family('speech_audio_seconds_total', 'Audio that was transcribed', [[{}, counts.audioS]]),
      family('speech_decode_seconds_total', 'Time its decodes took', [[{}, counts.tookS]]),
    ],
  }
}

const family = (
  name: string,
  help: string,
  samples: [Record<string, string>, number][],
): MetricFamily => ({
  ...{ name, help, type: 'counter' as const },
  samples: samples.map(([labels, value]) => ({ labels, value })),
})
