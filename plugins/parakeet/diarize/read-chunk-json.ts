import type { Readable } from 'node:stream'
import { ControlError, gather } from '#core'
import { badField } from '../errors.ts'
import type { Turn } from '../turns.ts'
import { ChunkPlace } from './api.ts'
import { readPlace } from './read-place.ts'
import { readTurns } from './read-turns.ts'

const MOST_BYTES = 4 * 1024 ** 2

/**
 * A chunk whose turns the caller has already: `{ session?, start_s?, end_s?, max_speakers?, turns }`.
 * Rejects with BAD_REQUEST, PAYLOAD_TOO_LARGE, VALIDATION and TURNS_UNREADABLE.
 */
export async function readChunkJson(stream: Readable): Promise<ChunkPlace & { turns: Turn[] }> {
  const body = parse((await gather(stream, MOST_BYTES, tooMuch)).toString())
  const { turns, ...place } = body
  if (turns === undefined) {
    throw new ControlError('VALIDATION', 'turns is missing.', {
      hint: 'Audio is sent as multipart/form-data with a file.',
      details: [{ path: 'turns', message: 'is missing' }],
    })
  }
  const unknown = Object.keys(place).find((key) => !Object.hasOwn(ChunkPlace.properties, key))
  if (unknown !== undefined) throw badField(unknown.slice(0, 100), 'is not a key here')
  return { ...readPlace(place, []), turns: readTurns(turns) }
}

const tooMuch = (): ControlError =>
  new ControlError('PAYLOAD_TOO_LARGE', `The turns take more than ${MOST_BYTES} bytes.`)

function parse(text: string): Record<string, unknown> {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (cause) {
    throw new ControlError('BAD_REQUEST', 'The body is not JSON.', { cause })
  }
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body }
  throw new ControlError('BAD_REQUEST', 'The body is not a JSON object.')
}
