import { isZone } from '../time-zone.ts'
import { whyNotTarget } from '../webhooks/target-address.ts'
import { under } from './pointer.ts'
import type { Reading } from './reading.ts'
import { isMap } from './walk-schema.ts'

/** Checks what the keys of one webhook say of each other, and that no two have one name. */
export function checkWebhooks(webhooks: unknown, reading: Reading): void {
  const names = new Set<unknown>()
  for (const [index, webhook] of Array.isArray(webhooks) ? webhooks.entries() : []) {
    if (!isMap(webhook)) continue
    checkKeys(webhook, `/webhooks/${index}`, reading)
    if (names.has(webhook.name))
      reading.mistakes.add({
        at: `/webhooks/${index}/name`,
        code: 'NAME_TWICE',
        message: `is "${String(webhook.name).slice(0, 60)}", as that of another webhook`,
        hint: 'give one of the two another name',
      })
    names.add(webhook.name)
  }
}

const NEEDS: Readonly<Record<string, readonly [key: string, why: string][]>> = {
  generic: [['secret', 'what is sent in the generic format is signed']],
  matrix: [
    ['token', 'a Matrix homeserver asks for an access token'],
    ['room', 'a Matrix message goes to a room'],
  ],
}

function checkKeys(webhook: Record<string, unknown>, at: string, { mistakes }: Reading): void {
  const { format, url, room } = webhook
  for (const [key, why] of NEEDS[String(format)] ?? [])
    if (webhook[key] === undefined)
      mistakes.add({
        at: under(at, key),
        code: 'KEY_MISSING',
        message: `is missing; ${why}`,
        missing: [under(at, key)],
        ...(key === 'secret' && { hint: `whsec_ and the output of: openssl rand -base64 32` }),
      })
  if (room !== undefined && format !== 'matrix')
    mistakes.add({
      at: under(at, 'room'),
      code: 'KEY_UNKNOWN',
      isAboutKey: true,
      message: 'is read for format: matrix only',
    })
  checkQuiet(webhook.quiet_hours, under(at, 'quiet_hours'), mistakes)
  if (typeof url !== 'string' || mistakes.has(under(at, 'url'))) return
  const why = whyNotTarget(url, String(format))
  if (why !== undefined)
    mistakes.add({ at: under(at, 'url'), code: 'ADDRESS_INVALID', message: why })
}

function checkQuiet(quiet: unknown, at: string, mistakes: Reading['mistakes']): void {
  if (!isMap(quiet)) return
  const { from, to, time_zone } = quiet
  if (typeof time_zone === 'string' && !mistakes.has(under(at, 'time_zone')) && !isZone(time_zone))
    mistakes.add({
      at: under(at, 'time_zone'),
      code: 'VALUE_INVALID',
      message: `is "${time_zone}"; expected an IANA name such as Europe/Vienna`,
    })
  if (typeof from === 'string' && from === to)
    mistakes.add({
      at: under(at, 'to'),
      code: 'VALUE_INVALID',
      message: `is "${from}" as from is, so that it is never quiet`,
      hint: 'for silence all day leave the webhook out, or list few events',
    })
}
