import type { Kind, Service } from '#core'
import type { Acts } from '../demand/act-patiently.ts'
import type { Settings } from '../settings.ts'
import { guardMemory } from './memory-guard.ts'
import { restoreLost } from './restorer.ts'

const LOOK_EVERY_MS = 5_000

/** Keeps watch over every service that is managed, for as long as it is there. */
export function openSafety(kind: Kind<Settings>, acts: Acts): void {
  const seen = new WeakSet<Service<Settings>>()
  const attend = async (): Promise<void> => {
    while (!kind.signal.aborted) {
      for (const service of kind.services()) {
        if (seen.has(service) || !service.settings.manage) continue
        seen.add(service)
        keep(service, guardMemory(service, kind, acts))
        if (service.settings.restore !== 'none') keep(service, restoreLost(service, kind, acts))
      }
      await kind.clock.sleep(LOOK_EVERY_MS, kind.signal).catch(() => {}) // the condition ends it
    }
  }
  const keep = (service: Service<Settings>, watch: Promise<void>): void => {
    watch.catch((err) => kind.log.error({ err, service: service.id }, 'a watch has ended'))
  }
  void attend()
}
