import { randomUUID } from 'node:crypto'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { kokoroError } from '../errors.ts'

/** Audio that has to be whole before its first byte goes out, kept on disk. */
export interface Spool {
  readonly sizeBytes: number
  /** Throws AUDIO_TOO_LONG. */
  write(bytes: Buffer): Promise<void>
  /** What was written, once; the spool is closed behind it. */
  read(): AsyncGenerator<Buffer, void, undefined>
  close(): Promise<void>
}

const PART_BYTES = 256 * 1024
/** Six hours of Kokoro's speech. */
const MOST_BYTES = 1024 ** 3

/**
 * A file without a name: it is gone with its last handle, so nothing is left of it however the
 * controller ends.
 */
export async function openSpool(folder = tmpdir(), mostBytes = MOST_BYTES): Promise<Spool> {
  const path = join(folder, `spark-control-speech-${randomUUID()}`)
  const file = await open(path, 'wx+', 0o600)
  await unlink(path)
  let sizeBytes = 0
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    closing ??= file.close()
    return closing
  }
  return {
    get sizeBytes() {
      return sizeBytes
    },
    async write(bytes) {
      if (sizeBytes + bytes.length > mostBytes)
        throw kokoroError(
          'AUDIO_TOO_LONG',
          `The speech is longer than one file may be (${mostBytes} bytes).`,
          { hint: 'Send the text in parts, or leave "stream": false out.' },
        )
      await file.appendFile(bytes)
      sizeBytes += bytes.length
    },
    async *read() {
      try {
        for (let at = 0; at < sizeBytes; ) {
          const part = await readAt(file, at)
          at += part.length
          yield part
        }
      } finally {
        await close()
      }
    },
    close,
  }
}

async function readAt(file: FileHandle, at: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(PART_BYTES), 0, PART_BYTES, at)
  return buffer.subarray(0, bytesRead)
}
