import type { GoldDoc } from '../read-sets.ts'
import { expand, seeded } from './expand.ts'
import { NAMED, TELLING } from './formats.ts'

/** `{}` is where the secret stands. */
const ANYWHERE: readonly string[] = [
  'Please use {} until Friday.',
  'export TOKEN={}',
  '{"token": "{}", "retries": 3}',
  'token: {}\nretries: 3',
  "curl -H 'Authorization: Bearer {}' https://api.example.com/v1/me",
  'https://example.com/hook?key={}&v=1',
  '2026-01-05T10:00:00Z WARN sign-in failed ({}), trying again',
  '| staging | {} | yes |',
]
/** `<id>`, `<Id>` and `<ID>` are the name of whoever issued it. */
const BEHIND_A_NAME: readonly string[] = [
  '<id>Token := "{}"',
  "<id>_token = '{}'",
  '<ID>_API_KEY={}',
  'export <ID>_SECRET="{}"',
  '{"<id>_secret": "{}"}',
  '<<id>Key>{}</<id>Key>',
  '<id>_key: {}',
  '<id>-api-key: "{}"',
  'String <id>AuthKey = "{}";',
  '$<id>Secret = "{}";',
  '<id>.api.token={}',
  '<id> login --token {}',
  '"<id>_password" => "{}",',
  'const <id>AccessToken: string = `{}`',
  'set <id>_client_secret to {}',
  'X-<Id>-Token: {}',
  'the <id> api key is {}',
  '--<id>-secret={}',
]
const ISSUERS = ['acme', 'nimbus', 'billing', 'mailer', 'orbit', 'stage']

/** Secrets of every form in every place, the same ones at every run. */
export function secretCases(): { telling: GoldDoc[]; named: GoldDoc[] } {
  const random = seeded(20_261_128)
  const telling = Object.values(TELLING).flatMap((shape) =>
    ANYWHERE.map((place) => docOf(place, expand(shape, random))),
  )
  const named = NAMED.flatMap((shape) =>
    BEHIND_A_NAME.map((place, n) => docOf(placeAt(place, n), expand(shape, random))),
  )
  return { telling, named }
}

function placeAt(place: string, n: number): string {
  const id = ISSUERS[n % ISSUERS.length] ?? ''
  const title = id.charAt(0).toUpperCase() + id.slice(1)
  return place.replaceAll('<id>', id).replaceAll('<Id>', title).replaceAll('<ID>', id.toUpperCase())
}

function docOf(place: string, secret: string): GoldDoc {
  const start = place.indexOf('{}')
  const text = place.slice(0, start) + secret + place.slice(start + 2)
  return { text, spans: [{ type: 'SECRET', start, end: start + secret.length }] }
}
