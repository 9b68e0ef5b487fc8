import type { Call, Kind, RawAnswer } from '#core'
import { findProgram } from '../audio/ffmpeg.ts'
import { badField } from '../errors.ts'
import type { Settings } from '../settings.ts'
import { json } from '../transcribe/write-answer.ts'
import type { Turn } from '../turns.ts'
import { addChunk, sessionOf, warnOfMost } from './add-chunk.ts'
import type { Diarization, diarizeDoor } from './api.ts'
import { diarizerOf } from './ask-diarizer.ts'
import { type HeardUpload, hearUpload, type Listener } from './hear-upload.ts'
import { readChunkJson } from './read-chunk-json.ts'
import { readPlace } from './read-place.ts'
import { writeRttm } from './rttm.ts'
import { Sessions } from './sessions.ts'

type RawCall<R extends keyof typeof diarizeDoor> = Call<(typeof diarizeDoor)[R]> & {
  readonly stream: import('node:stream').Readable
  headers: Record<string, string>
}

/** Handlers of /api/audio/diarize and /api/audio/diarize-chunk. */
export function openDiarize(kind: Kind<Settings>) {
  const ffmpeg = findProgram('ffmpeg')
  const sessions = new Sessions(kind.store, kind.clock)
  const listener = (id: string | undefined): Listener => ({ service: kind.pick(id), ffmpeg })
  return {
    'POST /api/audio/diarize': async (call: RawCall<'POST /api/audio/diarize'>) => {
      const own = listener(call.query.service)
      const heard = await letIn(own, call)
      const wanted = call.query.format ?? lastOf(heard, 'response_format')
      return wanted === 'rttm' ? rttm(heard.turns) : json(describe(heard, own))
    },
    'POST /api/audio/diarize-chunk': async (call: RawCall<'POST /api/audio/diarize-chunk'>) => {
      const own = listener(call.query.service)
      const mostTold = own.service.settings.diarizer_speakers
      if (/^application\/json\b/i.test(call.headers['content-type'] ?? '')) {
        const { turns, ...place } = await readChunkJson(call.stream)
        return json(addChunk({ place, turns, durationS: undefined, mostTold }, sessions))
      }
      // an audio that would be refused in the end is not heard at all
      sessionOf(readPlace(call.query, []), sessions)
      const { fields, ...heard } = await letIn(own, call)
      return json(addChunk({ place: readPlace(call.query, fields), ...heard, mostTold }, sessions))
    },
  }
}

/** Has an upload heard when there is a place for it at the diarizer. */
async function letIn(own: Listener, call: RawCall<keyof typeof diarizeDoor>): Promise<HeardUpload> {
  const admitted = await diarizerOf(own.service).admit(call)
  try {
    const { signal } = admitted
    const contentType = call.headers['content-type']
    return await hearUpload(own, {
      ...{ body: call.stream, signal },
      ...(contentType !== undefined && { contentType }),
    })
  } finally {
    admitted.leave()
  }
}

function describe({ turns, durationS }: HeardUpload, { service }: Listener): Diarization {
  const speakers = [...new Set(turns.map(({ speaker }) => speaker))]
  const warnings = warnOfMost(speakers.length, service.settings.diarizer_speakers)
  return { duration: durationS ?? null, turns, speakers, warnings }
}

function lastOf({ fields }: HeardUpload, name: string): string | undefined {
  const value = fields.filter(([key]) => key === name).at(-1)?.[1]
  if (value === undefined || ['json', 'rttm'].includes(value)) return value
  throw badField(name, `is ${JSON.stringify(value.slice(0, 80))}; expected json or rttm`)
}

function rttm(turns: readonly Turn[]): RawAnswer {
  const bytes = Buffer.from(writeRttm(turns, 'audio'))
  return {
    status: 200,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: (async function* () {
      yield bytes
    })(),
  }
}
