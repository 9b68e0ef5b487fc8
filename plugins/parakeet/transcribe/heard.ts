import type { Service } from '#core'
import type { OpenAudio } from '../audio/open-audio.ts'
import type { DiarizedTranscript } from '../merge/diarized.ts'
import type { Settings } from '../settings.ts'
import type { Transcript } from '../transcript.ts'
import type { Form } from '../upload/read-form.ts'
import type { Options } from './options.ts'

/** Who transcribes. */
export interface Ears {
  service: Service<Settings>
  /** Where ffmpeg lies on the controller; undefined where it is not installed. */
  ffmpeg: string | undefined
}

/** An upload that was begun to be read. */
export interface Upload {
  form: Form
  audio: OpenAudio
  /** Size of the request as declared; undefined when it comes in chunks. */
  sizeBytes: number | undefined
  /** Aborts when the caller leaves, or when the answer has ended. */
  signal: AbortSignal
}

/** What came of it: a transcript, or the server's own events, to be handed on whole. */
export type Heard =
  | { options: Options; transcript: Transcript; diarized?: DiarizedTranscript; warning?: string }
  | { options: Options; events: AsyncIterable<Buffer> }
