import type { IncomingMessage } from 'node:http'
import { Busboy } from '@fastify/busboy'

/** An upload that was read to its end; the audio itself is not kept. */
export interface Upload {
  fields: Map<string, string[]>
  file: { name: string; type: string; head: Buffer; sizeBytes: number } | undefined
}

/** Enough for the head of any file. */
const HEAD_BYTES = 4096

/** Reads a form. Rejects where it breaks off, and a body that is none. */
export function readUpload(req: IncomingMessage): Promise<Upload> {
  const type = req.headers['content-type'] ?? ''
  const upload: Upload = { fields: new Map(), file: undefined }
  return new Promise((resolve, reject) => {
    req.once('error', reject)
    const parser = new Busboy({ headers: { 'content-type': type } })
    parser.on('field', (name, value) => {
      upload.fields.set(name, [...(upload.fields.get(name) ?? []), value])
    })
    parser.on('file', (_field, content, name, _encoding, mime) => {
      const file = { name, type: mime, head: Buffer.alloc(0), sizeBytes: 0 }
      upload.file = file
      content.on('error', reject)
      content.on('data', (part: Buffer) => {
        if (file.head.length < HEAD_BYTES) file.head = Buffer.concat([file.head, part])
        file.sizeBytes += part.byteLength
      })
    })
    parser.on('error', reject)
    parser.on('finish', () => resolve(upload))
    req.pipe(parser)
  })
}

/** Length in seconds: of a WAV file by its head, of others guessed from their size; null: no audio. */
export function secondsOf({ head, sizeBytes }: NonNullable<Upload['file']>): number | null {
  const begin = head.toString('latin1', 0, 4)
  if (begin === 'RIFF' && head.toString('latin1', 8, 12) === 'WAVE') {
    const dataAt = head.indexOf('data', 12, 'latin1')
    if (dataAt === -1 || head.length < 32) return null
    return (sizeBytes - dataAt - 8) / head.readUInt32LE(28)
  }
  const isAudio = /^(ID3|fLaC|OggS)/.test(begin) || head.toString('latin1', 4, 8) === 'ftyp'
  return isAudio || (head[0] === 0xff && ((head[1] ?? 0) & 0xe0) === 0xe0)
    ? sizeBytes / 16_000
    : null
}
