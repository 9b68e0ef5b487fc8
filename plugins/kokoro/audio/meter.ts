import type { MetricFamily } from '#core'

/** How one request for speech went. */
export interface Spoken {
  format: string
  outcome: 'ok' | 'failed' | 'left'
  characters: number
  /** null: the format does not say, or there was none. */
  audioS: number | null
  /** Time the server was waited for. */
  tookS: number
  firstByteS: number | null
}

/** What is counted of a service since the controller started. */
export interface SpeechMeter {
  note(spoken: Spoken): void
  /** Time the server needs for a second of speech, over the last answers; null: none was measured. */
  realtimeFactor(): number | null
  totals(): { requests: number; characters: number; audioS: number; firstByteS: number | null }
  /** Whether the last request that ended failed; who left says nothing. */
  isFailing(): boolean
  families(): MetricFamily[]
}

const RECENT = 20

export function createMeter(): SpeechMeter {
  const requests = new Map<string, number>()
  const recent: { audioS: number; tookS: number }[] = []
  const sums = { characters: 0, audioS: 0, tookS: 0, requests: 0 }
  let firstByteS: number | null = null
  let isFailing = false
  const factor = () => {
    const audioS = recent.reduce((sum, each) => sum + each.audioS, 0)
    const tookS = recent.reduce((sum, each) => sum + each.tookS, 0)
    return audioS > 0 ? tookS / audioS : null
  }
  return {
    note(spoken) {
      const key = `${spoken.format} ${spoken.outcome}`
      requests.set(key, (requests.get(key) ?? 0) + 1)
      sums.requests += 1
      firstByteS = spoken.firstByteS ?? firstByteS
      if (spoken.outcome !== 'left') isFailing = spoken.outcome === 'failed'
      if (spoken.outcome !== 'ok') return
      sums.characters += spoken.characters
      if (spoken.audioS === null) return
      sums.audioS += spoken.audioS
      sums.tookS += spoken.tookS
      recent.push({ audioS: spoken.audioS, tookS: spoken.tookS })
      if (recent.length > RECENT) recent.shift()
    },
    realtimeFactor: factor,
    isFailing: () => isFailing,
    totals: () => ({ ...sums, firstByteS }),
    families: () => [
      {
        name: 'kokoro:requests_total',
        type: 'counter',
        help: 'requests for speech by format; outcome: ok, failed, left (by the caller)',
        samples: [...requests].map(([key, value]) => {
          const [format = '', outcome = ''] = key.split(' ')
          return { labels: { format, outcome }, value }
        }),
      },
      counter('kokoro:characters_total', 'characters spoken', sums.characters),
      counter('kokoro:audio_seconds_total', 'seconds of speech whose length is known', sums.audioS),
      counter(
        'kokoro:synthesis_seconds_total',
        'seconds the server was waited for, for that speech',
        sums.tookS,
      ),
      ...gauge(
        'kokoro:realtime_factor',
        'seconds needed for a second of speech, over the last 20 answers',
        factor(),
      ),
      ...gauge(
        'kokoro:first_byte_seconds',
        'from the request to the first byte of audio, last answer',
        firstByteS,
      ),
    ],
  }
}

const counter = (name: string, help: string, value: number): MetricFamily => ({
  ...{ name, type: 'counter', help },
  samples: [{ labels: {}, value }],
})

/** What is not known is left out. */
const gauge = (name: string, help: string, value: number | null): MetricFamily[] =>
  value === null ? [] : [{ name, type: 'gauge', help, samples: [{ labels: {}, value }] }]
