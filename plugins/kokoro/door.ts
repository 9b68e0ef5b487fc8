import { answer, type Kind, type Open, type RawAnswer, type Service } from '#core'
import type { door } from './api.ts'
import type { Settings } from './settings.ts'
import { speakerOf } from './speaker.ts'
import { refuseErrors } from './speech/ask.ts'
import { downloadPath } from './speech/links.ts'
import type { Voice } from './voices/voice.ts'

/** What spans the services of the kind: all their voices, and the files they keep for a while. */
export const openDoor = (kind: Kind<Settings>): Open<typeof door> => ({
  handlers: {
    'GET /v1/audio/voices': async ({ query, signal }) =>
      answer(200, { voices: await listVoices(kind, query.service, signal) }),
    'GET /v1/download/:service/:file': ({ params, signal }) =>
      download(kind.pick(params.service), params.file, signal),
  },
})

/** Of all services each voice once; what one server cannot say does not hide the others' voices. */
async function listVoices(
  kind: Kind<Settings>,
  id: string | undefined,
  signal: AbortSignal,
): Promise<Voice[]> {
  const services = id === undefined ? kind.services() : [kind.pick(id)]
  const failures: unknown[] = []
  const lists = await Promise.all(
    services.map(async (service) => {
      const speaker = speakerOf(service)
      if (speaker.voices().length === 0)
        await speaker.refresh(0, signal).catch((thrown) => failures.push(thrown))
      return speaker.voices()
    }),
  )
  const voices = new Map(lists.flat().map((voice) => [voice.id, voice]))
  if (voices.size === 0 && failures.length > 0) throw failures[0]
  return [...voices.values()]
}

async function download(
  service: Service<Settings>,
  file: string,
  signal: AbortSignal,
): Promise<RawAnswer> {
  const path = downloadPath(file)
  const reply = await refuseErrors(await service.http().stream(path, { method: 'GET', signal }))
  const { 'content-type': type = '', 'content-length': length } = reply.headers
  return {
    status: 200,
    headers: {
      'content-type': TYPE.test(type) ? type : 'application/octet-stream',
      'content-disposition': `attachment; filename=${file}`,
      'cache-control': 'no-store',
      ...(length !== undefined && { 'content-length': length }),
    },
    body: reply.body,
  }
}

/** Nothing a browser would run. */
const TYPE = /^(audio\/[\w.+-]+|application\/json)$/
