import type { Service } from '#core'
import { servedBy } from '../served.ts'
import type { Settings } from '../settings.ts'
import { gigabytes } from '../words.ts'

/** Why nothing is served although nobody wanted that. Stands until another launch serves. */
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
export function tellTrouble(service: Service<Settings>, trouble: Trouble): void {
  const { code, message, hint } = trouble
  const launched = servedBy(service).kept.launched()
  service.store.set(TROUBLE, { ...trouble, launched })
  service.notify({ code, message, hint })
  service.probeSoon()
}

/**
 * Forgets what was wrong once another launch serves. Times would not do: an engine that is being
 * killed is seen serving a last time, and clocks of machines differ.
 */
export function clearTrouble(service: Service<Settings>): void {
  const { get, kept } = servedBy(service)
  const before = service.store.get<(Trouble & { launched: object }) | null>(TROUBLE)
  if (!before || !get()) return
  if (JSON.stringify(before.launched) === JSON.stringify(kept.launched())) return
  service.store.delete(TROUBLE)
}

/** A machine has less memory left than the floor, so its engine is killed; `isStuck`: in vain. */
export const lowMemory = (low: {
  what: string
  host: string
  availableBytes: number
  floorBytes: number
  isStuck: boolean
  at: string
}): Trouble => ({
  code: 'MEMORY_FLOOR',
  at: low.at,
  message: `${low.what} ${low.isStuck ? 'could not be stopped although' : 'was stopped because'} ${low.host} had only ${gigabytes(low.availableBytes)} of memory left (memory_floor is ${gigabytes(low.floorBytes)})`,
  hint: `see what else uses the memory of ${low.host}, or lower gpu_memory_utilization or max_model_len of the model`,
})
