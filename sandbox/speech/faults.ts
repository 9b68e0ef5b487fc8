/**
 * What can be wrong with speech servers: `busy` decodes slowly and answers late, `crash` breaks the
 * next decode off and goes on, `cuda` answers it with what CUDA says, `cut` stops in the middle of the
 * next answer, `refuse` closes the port as while a model loads.
 */
export const SPEECH_FAULTS = ['busy', 'crash', 'cuda', 'cut', 'refuse'] as const
export type SpeechFault = (typeof SPEECH_FAULTS)[number]

/** The fault in force, and how it is used up. */
export interface SpeechFaults {
  current(): SpeechFault | undefined
  /** Ends one that happens once. */
  used(): void
}

export const NO_FAULTS: SpeechFaults = {
  current: () => undefined,
  used: () => undefined,
}
