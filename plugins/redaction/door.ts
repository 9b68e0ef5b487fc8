import { answer, type Call, ControlError, type Kind, type Open } from '#core'
import type { door } from './api.ts'
import { type Engine, engineOf } from './engine.ts'
import { ENTITY_TYPES, type EntityType } from './entity-types.ts'
import { restoreJson } from './rehydrate/json.ts'
import { noCounts, type RestoreOptions, restoreText } from './rehydrate/restorer.ts'
import { restoreStream } from './rehydrate/stream.ts'
import { inputOf, replyOf } from './scrub/input.ts'
import { told } from './scrub/refusal.ts'
import { leavesOf } from './scrub/tree.ts'
import type { Settings } from './settings.ts'
import { HANDLE_PATTERN, type Session } from './vault/session.ts'

/** The four paths of the kind. Nothing they are sent is logged, kept or told in an error. */
export const openDoor = (kind: Kind<Settings>): Open<typeof door> => ({
  handlers: {
    'POST /scrub': async ({ body, caller, signal }) => {
      const owner = ownerOf(caller)
      const { handle } = body
      const engine = handle === undefined ? engineOf(kind.pick()) : find(kind, handle, owner).engine
      const input = inputOf(body)
      const scrubbed = await engine.scrub(
        () => leavesOf(input.tree),
        { owner, asker: { caller, signal }, ...(handle !== undefined && { handle }) },
        optionsOf(body),
      )
      return answer(200, replyOf(input, scrubbed), NEVER_KEPT)
    },

    'POST /rehydrate': ({ body, caller }) => {
      const { text, json, handle, format = 'text', restore, in_urls } = body
      if ((text === undefined) === (json === undefined)) throw oneOf()
      const { engine, session } = find(kind, handle, ownerOf(caller))
      const options = restoreOptions(format, restore, in_urls)
      const counts = noCounts()
      const restored = told(() =>
        text === undefined
          ? { json: restoreJson(json, session, options, counts) }
          : { text: restoreText(text, session, options, counts) },
      )
      engine.tally.restored(counts)
      return answer(200, { ...restored, ...counts }, NEVER_KEPT)
    },

    'POST /rehydrate/stream': (call) => {
      const { headers, query, caller } = call
      const handle = headers['x-redaction-handle'] ?? ''
      if (!new RegExp(HANDLE_PATTERN).test(handle)) throw noHandle()
      const { engine, session } = find(kind, handle, ownerOf(caller))
      const types = query.restore?.split(',').map(typeOf)
      const options = restoreOptions(query.format ?? 'text', types, query.in_urls)
      const isEvents = headers['content-type']?.startsWith('text/event-stream') ?? false
      return {
        status: 200,
        headers: {
          ...NEVER_KEPT,
          'content-type': isEvents
            ? 'text/event-stream; charset=utf-8'
            : 'text/plain; charset=utf-8',
          'x-accel-buffering': 'no',
        },
        body: restoreStream(call.stream, session, options, isEvents, engine.tally),
      }
    },

    'DELETE /scrub/:handle': ({ params: { handle }, caller }) => {
      const { engine } = find(kind, handle, ownerOf(caller))
      engine.vault.remove(handle, ownerOf(caller))
      return answer(200, { deleted: true })
    },
  },
})

const NEVER_KEPT = { 'cache-control': 'no-store' }

/** Where the topology has tokens, a session belongs to one; else its handle is all there is. */
export const ownerOf = ({ token }: Call['caller']): string | null => token ?? null

/** The service that keeps a session; throws HANDLE_UNKNOWN, or why a vault could not say. */
function find(
  kind: Kind<Settings>,
  handle: string,
  owner: string | null,
): { engine: Engine; session: Session } {
  let failure: unknown
  for (const service of kind.services()) {
    const engine = engineOf(service)
    try {
      return { engine, session: engine.vault.open(handle, owner) }
    } catch (thrown) {
      if (!(thrown instanceof ControlError)) throw thrown
      if (failure === undefined || thrown.code !== 'HANDLE_UNKNOWN') failure = thrown
    }
  }
  throw failure
}

const optionsOf = ({
  mode,
  regions,
  deny,
  allow,
}: {
  mode?: Settings['mode']
  regions?: string[]
  deny?: string[]
  allow?: string[]
}) => ({
  ...(mode && { mode }),
  ...(regions && { regions }),
  ...(deny && { deny }),
  ...(allow && { allow }),
})

const restoreOptions = (
  format: RestoreOptions['format'],
  types: readonly EntityType[] | undefined,
  inUrls = false,
): RestoreOptions => ({ format, inUrls, ...(types && { types }) })

function typeOf(name: string): EntityType {
  const known = ENTITY_TYPES.find((type) => type === name)
  if (known) return known
  throw new ControlError('VALIDATION', `restore: there is no type "${name}"`, {
    details: [{ path: 'restore', message: `expected some of ${ENTITY_TYPES.join(', ')}` }],
  })
}

const oneOf = (): ControlError =>
  new ControlError('VALIDATION', 'Give one of text and json.', {
    details: [{ path: 'body', message: 'has both or none of text and json' }],
  })

const noHandle = (): ControlError =>
  new ControlError('VALIDATION', 'X-Redaction-Handle: is missing, or is no handle', {
    hint: 'Send the handle that POST /scrub answered.',
    details: [{ path: 'x-redaction-handle', message: 'is missing, or is no handle' }],
  })
