import { once } from 'node:events'
import { request } from 'node:http'

const BOUNDARY = 'bench-boundary'

/** Sends a file of a known size, made while it is sent, and reads the answer to its end. */
export async function upload(
  base: string,
  { model, sizeBytes, parts }: { model: string; sizeBytes: number; parts: Iterable<Buffer> },
): Promise<{ status: number; text: string }> {
  const head = Buffer.from(
    field('model', model) +
      field('response_format', 'verbose_json') +
      field('timestamp_granularities[]', 'word') +
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="long.wav"\r\n\r\n`,
  )
  const tail = Buffer.from(`\r\n--${BOUNDARY}--\r\n`)
  const req = request(`${base}/v1/audio/transcriptions`, {
    method: 'POST',
    headers: {
      'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
      'content-length': head.byteLength + sizeBytes + tail.byteLength,
    },
  })
  const answered = once(req, 'response')
  req.write(head)
  for (const part of parts) if (!req.write(part)) await once(req, 'drain')
  req.end(tail)
  const [res] = await answered
  let text = ''
  for await (const chunk of res.setEncoding('utf8')) text += chunk
  return { status: res.statusCode, text }
}

const field = (name: string, value: string): string =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
