import {
  answerLines,
  ControlError,
  type Health,
  isFollowing,
  judgeContainer,
  type Running,
  type Service,
  updateHandlers,
} from '#core'
import type { api } from './api.ts'
import type { Settings } from './settings.ts'
import { isSetUp, TITLE, targetOf } from './target.ts'

/** A bot that is not set up (its user is empty) is left out of the dashboard and refuses everything. */
export function startService(service: Service<Settings>): Running<typeof api> {
  const { version, update } = updateHandlers({
    service,
    title: `the ${TITLE}`,
    targetOf: () => targetOf(service),
    hasSource: isSetUp(service) && service.settings.directory !== '',
    whileAway: 'messages sent meanwhile are answered late or not at all',
  })
  return {
    isHidden: !isSetUp(service),
    handlers: {
      'GET /version': version,
      'POST /update': update,
      'POST /start': service.containerAct('start'),
      'POST /stop': service.containerAct('stop'),
      'POST /restart': service.containerAct('restart'),
      'GET /logs': ({ query, signal }) =>
        answerLines(service.containerLog({ tail: query.tail, follow: isFollowing(query), signal })),
    },
    probe: (signal) => probe(service, signal),
  }
}

async function probe(service: Service<Settings>, signal: AbortSignal): Promise<Health> {
  if (!isSetUp(service)) return { state: 'idle', reason: 'it is not set up: user is empty' }
  const [container] = await service.containers({ depth: 'state', signal })
  if (!container) throw new ControlError('INTERNAL', 'the settings name no container')
  return judgeContainer(container)
}
