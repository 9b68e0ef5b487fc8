import type { Service } from '#core'
import { gigabytes } from '../words.ts'

/** Why nothing is served although nobody wanted that. Stands until something is served again. */
export interface Trouble {
  code: 'MEMORY_FLOOR' | 'RESTORE_FAILED'
  at: string
  message: string
  hint: string
}

const TROUBLE = 'trouble'

/** What stands against a service, if anything does. */
export const troubleOf = ({ store }: Pick<Service, 'store'>): Trouble | undefined =>
  store.get<Trouble | null>(TROUBLE) ?? undefined

/** Keeps it for the card and tells the owner. */
export function tellTrouble(
  service: Pick<Service, 'store' | 'notify' | 'probeSoon'>,
  trouble: Trouble,
) {
  const { code, message, hint } = trouble
  service.store.set(TROUBLE, trouble)
  service.notify({ code, message, hint })
  service.probeSoon()
}

/** Something is served, so whatever was wrong is over. */
export function clearTrouble(service: Pick<Service, 'store'>): void {
  if (troubleOf(service)) service.store.delete(TROUBLE)
}

/** An engine was killed because its machine had less memory left than the floor. */
export const lowMemory = (low: {
  what: string
  host: string
  availableBytes: number
  floorBytes: number
  at: string
}): Trouble => ({
  code: 'MEMORY_FLOOR',
  at: low.at,
  message: `${low.what} was stopped: ${low.host} had ${gigabytes(low.availableBytes)} of memory left, less than memory_floor (${gigabytes(low.floorBytes)})`,
  hint: `see what else uses the memory of ${low.host}, or lower gpu_memory_utilization or max_model_len of the model`,
})
