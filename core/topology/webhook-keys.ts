import { type Static, Type } from '@sinclair/typebox'
import { HAPPENINGS, type HappeningName } from '../events/happening.ts'
import { Duration, EXPECTS, Secret } from './tags.ts'

const NAME = '^[a-z0-9][a-z0-9-]{0,62}$'

const TimeOfDay = (description: string) =>
  Type.String({
    description,
    pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$',
    [EXPECTS]: 'a time of day such as "22:00", in quotes',
  })
const Events = (options: { description: string; default: HappeningName[]; minItems?: number }) =>
  Type.Array(Type.Union(HAPPENINGS.map((name) => Type.Literal(name))), {
    uniqueItems: true,
    ...options,
  })

const QuietHours = Type.Object(
  {
    from: TimeOfDay('when the quiet begins'),
    to: TimeOfDay('when it ends; earlier than from: on the next day'),
    time_zone: Type.Optional(
      Type.String({
        description: 'IANA name such as Europe/Vienna; default: the zone of the controller',
        pattern: '^[A-Za-z0-9_+/-]{1,64}$',
        [EXPECTS]: 'an IANA name such as Europe/Vienna',
      }),
    ),
    except: Events({ description: 'events that are sent all the same', default: [] }),
  },
  {
    description: 'when only what cannot wait is sent; the rest comes as one message afterwards',
    additionalProperties: false,
  },
)
export type QuietHours = Omit<Static<typeof QuietHours>, 'except'> & { except: string[] }

const Damping = Type.Object(
  {
    hold: Type.Optional(
      Type.String({
        description:
          'how long something is down before that is sent; off: at once; default: 30s, for generic off',
        pattern: `^(off|${Duration().pattern?.slice(1, -1)})$`,
        [EXPECTS]: 'a time with its unit, such as 30s or 2m, or "off"',
      }),
    ),
    flaps: Type.Optional(
      Type.Integer({
        description:
          'what goes down more often than this is told once to be flapping; 0: never; default: 3, for generic 0',
        minimum: 0,
        maximum: 100,
      }),
    ),
    within: Type.Optional(
      Duration({
        description:
          'the time in which flaps are counted, and after which it is steady; default: 10m',
      }),
    ),
  },
  {
    description: 'how what comes and goes is told',
    additionalProperties: false,
  },
)

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
    events: Events({
      description: 'which events are sent; default: all',
      minItems: 1,
      default: [...HAPPENINGS],
    }),
    secret: Type.Optional(
      Secret({
        description:
          'key of the signature: whsec_ and 24 to 64 bytes in base64; default: required for generic',
        pattern: '^whsec_(?:[A-Za-z0-9+/]{4}){8,21}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$',
        [EXPECTS]: 'whsec_ and 24 to 64 random bytes in base64',
      }),
    ),
    token: Type.Optional(
      Secret({ description: 'sent as Authorization: Bearer; default: required for matrix' }),
    ),
    room: Type.Optional(
      Type.String({
        description: 'id of the room; default: required for matrix',
        pattern: '^![^\\s/?#]{1,254}$',
        [EXPECTS]: 'the id of a Matrix room, such as !abc:example.org',
      }),
    ),
    quiet_hours: Type.Optional(QuietHours),
    damping: Type.Optional(Damping),
  },
  { additionalProperties: false },
)

/** An entry of `webhooks:`, defaults filled in. */
export type WebhookSpec = Omit<Static<typeof Webhook>, 'events' | 'quiet_hours'> & {
  events: string[]
  quiet_hours?: QuietHours
}
