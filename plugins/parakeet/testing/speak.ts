import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { readWavHeader, wavHead } from '../audio/wav-header.ts'
import type { Turn } from '../turns.ts'

const run = promisify(execFile)
const RATE = 16_000

/** A sentence and the flite voice that says it. */
export type Line = readonly [voice: 'slt' | 'rms' | 'awb' | 'kal16', text: string]

/** A dialogue as a WAV file of 16 kHz, and when each line was said. */
export async function speak(
  lines: readonly Line[],
  pauseS: number,
): Promise<{ wav: Buffer; turns: Turn[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'flite-'))
  const parts: Buffer[] = []
  const turns: Turn[] = []
  let bytes = 0
  try {
    for (const [at, [voice, text]] of lines.entries()) {
      const file = join(folder, `${at}.wav`)
      await run('flite', ['-voice', voice, '-t', text, '-o', file])
      const wav = readFileSync(file)
      const header = readWavHeader(wav)
      if (typeof header !== 'object' || !('dataAt' in header) || header.sampleRate !== RATE)
        throw new Error(`flite spoke otherwise than at ${RATE} Hz`)
      const sound = wav.subarray(header.dataAt)
      const start = bytes / 2 / RATE
      parts.push(sound, Buffer.alloc(pauseS * RATE * 2))
      turns.push({ start, end: start + sound.length / 2 / RATE, speaker: voice })
      bytes += sound.length + pauseS * RATE * 2
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return {
    wav: Buffer.concat([wavHead({ sampleRate: RATE, channels: 1 }, bytes), ...parts]),
    turns,
  }
}
