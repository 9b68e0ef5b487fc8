import { answer, type Kind, type Open } from '#core'
import type { door } from './api.ts'
import { answerMerge } from './merge/answer-merge.ts'
import type { Settings } from './settings.ts'

/** Handlers of the cluster-wide paths, those apart that a service answers itself (running.ts). */
export const openDoor = (_kind: Kind<Settings>): Open<typeof door> => ({
  handlers: {
    'POST /api/audio/label-merge': ({ body }) => answer(200, answerMerge(body)),
  },
})
