import { diarizeDoor } from './diarize/api.ts'
import { mergeDoor } from './merge/api.ts'
import { transcribeApi, transcribeDoor } from './transcribe/api.ts'

/** Routes of one service, each area with its own. */
export const api = { ...transcribeApi } as const

/** Paths of the kind as a whole, likewise. */
export const door = { ...transcribeDoor, ...diarizeDoor, ...mergeDoor } as const
