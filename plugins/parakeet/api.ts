import type { Api } from '#core'
import { diarizeDoor } from './diarize/api.ts'
import { mergeDoor } from './merge/api.ts'
import { transcribeDoor } from './transcribe/api.ts'

/** Routes of one service: none. */
export const api = {} as const satisfies Api

/** Paths of the kind as a whole, each area with its own. */
export const door = { ...transcribeDoor, ...diarizeDoor, ...mergeDoor } as const
