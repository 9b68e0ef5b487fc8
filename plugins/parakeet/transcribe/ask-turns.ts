import type { Service } from '#core'
import type { OpenAudio } from '../audio/open-audio.ts'
import { askDiarizer } from '../diarize/ask-diarizer.ts'
import type { Settings } from '../settings.ts'
import type { Turn } from '../turns.ts'
import type { Form } from '../upload/read-form.ts'
import { Split } from '../upload/split.ts'
import { readOptions } from './options.ts'
import { fileOf } from './send-whole.ts'

/** Turns on their way; `get` throws why there are none. */
export interface AskedTurns {
  get(): Promise<Turn[]>
}

export interface TurnsUpload {
  form: Form
  audio: OpenAudio
  signal: AbortSignal
}

/** Whether an upload may turn out to want turns of a diarizer; its format may stand behind the file. */
export function mayWantTurns(
  { diarize }: Pick<Settings, 'diarize'>,
  { before }: Pick<Form, 'before'>,
): boolean {
  if (diarize === undefined || diarize === 'answer') return false
  const told = before.filter(([name]) => name === 'response_format').at(-1)?.[1]
  return told === undefined || told.trim() === 'diarized_json'
}

/**
 * Sends a file to the diarizer while it goes to the server that transcribes, too. Diarizers begin once
 * a form is whole, so where the format that follows is another one, the form is left without its end
 * and no GPU has worked for nothing.
 */
export function askTurns(
  service: Service<Settings>,
  { form, audio, signal }: TurnsUpload,
): { turns: AskedTurns; audio: OpenAudio } {
  const split = new Split(audio.content)
  const own = { ...audio, content: split.reader() }
  const second = split.reader()
  const file = {
    ...fileOf(form.file.name, audio.type),
    content: endingIfWanted(second, form.all),
  }
  const isKnownAudio = audio.type !== 'unknown'
  const asked = askDiarizer(service, { file, isKnownAudio, signal }).then(
    (turns) => ({ turns }),
    async (error: unknown) => {
      // one that was never reached has read nothing, and the other waits for it
      await second.leave()
      return { error }
    },
  )
  return {
    audio: own,
    turns: {
      async get() {
        const outcome = await asked
        if ('error' in outcome) throw outcome.error
        return outcome.turns
      },
    },
  }
}

async function* endingIfWanted(
  content: AsyncIterable<Buffer>,
  fields: Form['all'],
): AsyncIterable<Buffer> {
  yield* content
  if (readOptions(await fields).format !== 'diarized_json') throw new Error('no turns are wanted')
}
