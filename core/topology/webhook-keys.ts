import { type Static, Type } from '@sinclair/typebox'
import { HAPPENINGS } from '../events/happening.ts'
import { EXPECTS, Secret } from './tags.ts'

const NAME = '^[a-z0-9][a-z0-9-]{0,62}$'

/** An entry of `webhooks:`. */
export const Webhook = Type.Object(
  {
    name: Type.String({
      description: 'a name of your choice, shown in the dashboard',
      pattern: NAME,
      [EXPECTS]: 'lower-case letters, digits and "-", the first a letter or digit',
    }),
    // Whoever has the address of a Slack hook can post there.
    url: Secret({
      description: 'where events are sent; for matrix the address of the homeserver',
      pattern: '^https?://[^\\s#]+$',
      [EXPECTS]: 'an address that begins with http:// or https://',
    }),
    format: Type.Union(
      [
        Type.Literal('generic'),
        Type.Literal('ntfy'),
        Type.Literal('slack'),
        Type.Literal('matrix'),
      ],
      {
        description: 'generic: JSON of Standard Webhooks; the others: a message for people',
        default: 'generic',
      },
    ),
    events: Type.Array(Type.Union(HAPPENINGS.map((name) => Type.Literal(name))), {
      description: 'which events are sent; default: all',
      minItems: 1,
      uniqueItems: true,
      default: [...HAPPENINGS],
    }),
    secret: Type.Optional(
      Secret({
        description: 'key of the signature; whsec_ and 24 to 64 bytes in base64',
        pattern: '^whsec_(?:[A-Za-z0-9+/]{4}){8,21}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$',
        [EXPECTS]: 'whsec_ and 24 to 64 random bytes in base64',
      }),
    ),
    token: Type.Optional(
      Secret({ description: 'sent as Authorization: Bearer; for matrix the access token' }),
    ),
    room: Type.Optional(
      Type.String({
        description: 'matrix: id of the room, such as !abc:example.org',
        pattern: '^![^\\s/?#]{1,254}$',
        [EXPECTS]: 'the id of a Matrix room, such as !abc:example.org',
      }),
    ),
  },
  { additionalProperties: false },
)

/** An entry of `webhooks:`, defaults filled in. */
export type WebhookSpec = Omit<Static<typeof Webhook>, 'events'> & { events: string[] }
