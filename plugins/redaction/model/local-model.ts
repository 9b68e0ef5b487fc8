import { type Call, ControlError, durationMs, type Service } from '#core'
import { refuse } from '../scrub/refusal.ts'
import type { ModelSettings, Settings } from '../settings.ts'
import type { Tally } from '../tally.ts'
import { createAnalyzerLayer } from './analyzer-layer.ts'
import { createChatLayer } from './chat-layer.ts'
import type { Ask, ModelLayer, ModelSpan } from './model-layer.ts'

/** Who asked for the scrub: the server of the model takes callers in turn. */
export type Asker = Pick<Call, 'caller' | 'signal'>

/** A service of the topology that takes part in the detection. */
export interface LocalModel {
  /**
   * What it finds in a text; undefined where it did not answer as it should, or not in time, and may
   * fail. Throws DETECTOR_FAILED where it is required.
   */
  find(text: string, asker: Asker): Promise<readonly ModelSpan[] | undefined>
}

export function createLocalModel(
  service: Service<Settings>,
  settings: ModelSettings,
  tally: Pick<Tally, 'modelAsked'>,
): LocalModel {
  const { clock, log } = service
  return {
    async find(text, { caller, signal }) {
      const [late, over] = [new AbortController(), new AbortController()]
      const until = AbortSignal.any([signal, service.signal, late.signal])
      clock.sleep(durationMs(settings.deadline), over.signal).then(
        () => late.abort(new Error('The time of the model is over')),
        () => {}, // aborted below: it has answered
      )
      try {
        const spans = await askAt(service, settings, text, { caller, signal: until })
        tally.modelAsked('answered')
        return spans
      } catch (thrown) {
        // who has left is no fault of the model, and needs no answer
        if (signal.aborted) throw refuse('SCRUB_FAILED')
        tally.modelAsked('failed')
        log.warn({ model: settings.service, fault: faultOf(thrown) }, 'local model did not answer')
        if (settings.required) throw refuse('DETECTOR_FAILED')
        return undefined
      } finally {
        over.abort()
      }
    },
  }
}

/** One turn at the server of the model, for all pieces of a text. */
async function askAt(
  service: Service<Settings>,
  settings: ModelSettings,
  text: string,
  asker: Asker,
): Promise<ModelSpan[]> {
  const upstream = service.peer(settings.service)?.upstream
  if (!upstream) throw new ControlError('SERVICE_UNKNOWN', 'The model has no running service.')
  const timeoutMs = durationMs(settings.deadline)
  const ask: Ask = async (path, body, signal) => {
    const reply = await upstream.request(path, { body, signal, timeoutMs })
    if (reply.status !== 200) throw new ControlError('UPSTREAM_FAILED', `It said ${reply.status}.`)
    return reply.json()
  }
  const admitted = await upstream.admit({ ...asker, sizeBytes: Buffer.byteLength(text) })
  try {
    return await layerOf(settings, ask).find(text, admitted.signal)
  } finally {
    admitted.leave()
  }
}

const layerOf = ({ shape, name, language, least_score }: ModelSettings, ask: Ask): ModelLayer =>
  shape === 'chat'
    ? createChatLayer(ask, name === undefined ? {} : { model: name })
    : createAnalyzerLayer(ask, { language, least_score })

/** What went wrong, by its code alone: a server may quote in its answer what it was asked. */
const faultOf = (thrown: unknown): string =>
  thrown instanceof ControlError ? thrown.code : 'NOT_AS_ASKED'
