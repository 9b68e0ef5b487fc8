import { ControlError, type DoorCall, gather } from '#core'
import { refuse } from '../scrub/refusal.ts'
import { isMap } from '../scrub/tree.ts'

/** A request that names one of the models. Throws 4xx; none of them quotes what was sent. */
export async function readRequest(
  call: DoorCall,
  models: readonly string[],
  maxBytes: number,
): Promise<{ model: string; body: Record<string, unknown> }> {
  const type = String(call.headers['content-type'] ?? '')
  if (!/^application\/json\b/i.test(type) || call.headers['content-encoding'] !== undefined)
    throw new ControlError(
      'UNSUPPORTED_MEDIA_TYPE',
      'Only plain JSON is sent to a model elsewhere.',
    )
  const body = parse(await readBody(call, maxBytes))
  if (!isMap(body)) throw refuse('INPUT_INVALID')
  const model = models.find((name) => name === body.model)
  if (model === undefined)
    throw new ControlError('MODEL_NOT_FOUND', 'The request names none of the models elsewhere.', {
      hint: `They are ${models.join(', ')}.`,
    })
  return { model, body }
}

/** JSON may escape what the service's own limit counts unescaped. */
const readBody = ({ body }: DoorCall, maxBytes: number): Promise<Buffer> =>
  gather(
    body as AsyncIterable<Buffer>,
    maxBytes * 2,
    () => new ControlError('PAYLOAD_TOO_LARGE', `The body is larger than ${maxBytes * 2} bytes.`),
  )

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    // what V8 says of it quotes the body
    return undefined
  }
}
