import type { Service } from '#core'
import { speechError } from '../errors.ts'
import type { Settings } from '../settings.ts'
import type { Options } from './options.ts'

/** Throws what a service cannot do, before its server has begun to. */
export function checkPossible(
  { id, settings }: Pick<Service<Settings>, 'id' | 'settings'>,
  { format }: Pick<Options, 'format'>,
): void {
  if (format !== 'diarized_json' || settings.diarize !== undefined) return
  throw speechError('SPEAKERS_UNAVAILABLE', `${id} cannot tell speakers apart.`, {
    hint: `Set services.${id}.diarize in topology.yaml, and diarizer if that is another server.`,
    details: [{ path: 'response_format', message: 'is diarized_json' }],
  })
}
