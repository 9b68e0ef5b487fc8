import { answer, type Kind, type Open } from '#core'
import type { door } from './api.ts'
import { openDiarize } from './diarize/open-diarize.ts'
import { answerMerge } from './merge/answer-merge.ts'
import type { Settings } from './settings.ts'

/** Handlers of the cluster-wide paths, those apart that a service answers itself (running.ts). */
export const openDoor = (kind: Kind<Settings>): Open<typeof door> => ({
  handlers: {
    ...openDiarize(kind),
    'POST /api/audio/label-merge': ({ body }) => answer(200, answerMerge(body)),
  },
})
