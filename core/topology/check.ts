import { checkClashes } from './check-clashes.ts'
import { checkPlaces } from './check-places.ts'
import type { Draft, DraftService } from './draft.ts'
import { fromDotted, under } from './pointer.ts'
import { type Reading, shown } from './reading.ts'
import { didYouMean, listNames } from './suggest.ts'
import type { Topology } from './topology.ts'

/** Checks what one part of the file says of another. `reserved` are first segments under /api. */
export function checkReferences(
  draft: Draft,
  reading: Reading,
  reserved: ReadonlySet<string>,
): void {
  for (const id of draft.serviceIds) checkId(id, reading, reserved)
  for (const service of draft.services) {
    checkPlaces(service, draft, reading)
    checkLimits(service, reading)
  }
  checkClashes(draft, reading)
}

/** Checks the list of disabled services. */
export function checkDisabled(
  disabled: readonly unknown[],
  serviceIds: readonly string[],
  reading: Reading,
): void {
  for (const [index, id] of disabled.entries()) {
    const at = under('/disabled', index)
    if (typeof id !== 'string') continue
    if (disabled.indexOf(id) < index)
      reading.mistakes.add({
        at,
        code: 'VALUE_INVALID',
        message: `is ${shown(reading, at, id)}, which stands in the list already`,
        hint: 'remove it',
      })
    else if (!serviceIds.includes(id))
      reading.mistakes.add({
        at,
        code: 'DISABLED_UNKNOWN',
        message: `is ${shown(reading, at, id)}; services: has ${listNames(serviceIds)}`,
        hint: didYouMean(id, serviceIds) ?? 'remove it',
      })
  }
}

/** Runs the kind's own check over a service that is sound so far. */
export function checkByKind(service: DraftService, topology: Topology, reading: Reading): void {
  const { id, at, facts, settings } = service
  const { host, port } = topology.services[id] ?? {}
  try {
    const found = facts.check?.(
      { id, settings, ...(host !== undefined && { host }), ...(port !== undefined && { port }) },
      topology,
    )
    for (const { at: path, ...mistake } of found ?? [])
      reading.mistakes.add({ ...mistake, at: fromDotted(at, path) })
  } catch (thrown) {
    reading.mistakes.add({
      at,
      code: 'KIND_CHECK_FAILED',
      isAboutKey: true,
      message: `cannot be checked: the check of kind "${facts.kind}" broke (${String(thrown).slice(0, 120)})`,
      hint: 'this is a fault of the plugin; tell its author',
    })
  }
}

/** A queue needs something to wait for, and a kind may know how much its servers stand. */
function checkLimits({ at, facts, ...keys }: DraftService, { mistakes }: Reading): void {
  const ceiling = facts.limits?.ceiling ?? Number.POSITIVE_INFINITY
  if (keys.concurrency !== undefined && keys.concurrency > ceiling)
    mistakes.add({
      at: under(at, 'concurrency'),
      code: 'CONCURRENCY_HIGH',
      severity: 'warning',
      message: `is ${keys.concurrency}; servers of kind ${facts.kind} stand ${ceiling} at a time`,
      hint: `write ${ceiling} or less`,
    })
  if (keys.concurrency !== undefined || facts.limits) return
  const key = keys.queue === undefined ? 'max_wait' : 'queue'
  if (keys[key] === undefined) return
  mistakes.add({
    at: under(at, 'concurrency'),
    code: 'KEY_MISSING',
    message: `is missing; ${key} says how requests wait for one of these places`,
    hint: `add concurrency, such as 2, or remove ${key}`,
    missing: [under(at, 'concurrency')],
  })
}

function checkId(id: string, { mistakes }: Reading, reserved: ReadonlySet<string>): void {
  if (!reserved.has(id)) return
  mistakes.add({
    at: under('/services', id),
    code: 'ID_RESERVED',
    isAboutKey: true,
    message: `cannot be called "${id}": /api/${id} is a path of Spark Control itself`,
    hint: 'give the service another name',
  })
}
