import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { readForm } from '../upload/read-form.ts'

const run = promisify(execFile)

/** PocketSphinx behind OpenAI's contract: it takes WAV files of 16-bit mono at 16 kHz. */
export async function startSphinxServer(): Promise<{ port: number; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'sphinx-'))
  let count = 0
  const server = createServer((req, res) => {
    count += 1
    answer(req, res, join(folder, `${count}.wav`)).catch((error: Error) => {
      res.writeHead(500, { 'content-type': 'application/json' })
      res.end(JSON.stringify({ detail: error.message }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function answer(req: IncomingMessage, res: ServerResponse, file: string): Promise<void> {
  const form = await readForm(req, req.headers['content-type'])
  const parts: Buffer[] = []
  for await (const part of form.file.content) parts.push(part)
  const bytes = Buffer.concat(parts)
  const isFit = bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.readUInt32LE(24) === 16_000
  res.setHeader('content-type', 'application/json')
  if (!isFit) {
    res.writeHead(415)
    res.end(JSON.stringify({ detail: 'Unsupported audio format: WAV of 16 kHz is needed' }))
    return
  }
  writeFileSync(file, bytes)
  const words = await recognise(file)
  rmSync(file)
  const text = words.map(({ word }) => word).join(' ')
  res.end(JSON.stringify({ task: 'transcribe', text, words, segments: null }))
}

/** `word start end confidence` a line, between marks of silence; `word(2)` is another pronunciation. */
async function recognise(file: string) {
  const args = ['-infile', file, '-time', 'yes', '-logfn', '/dev/null']
  const { stdout } = await run('pocketsphinx_continuous', args, { maxBuffer: 64 * 1024 ** 2 })
  return stdout.split('\n').flatMap((line) => {
    const [, word, start, end, confidence] = /^(\S+) ([\d.]+) ([\d.]+) ([\d.]+)$/.exec(line) ?? []
    if (word === undefined || /^[<[+]/.test(word)) return []
    return [
      {
        ...{ word: word.replace(/\(\d+\)$/, ''), start: Number(start), end: Number(end) },
        confidence: Math.min(1, Number(confidence)),
      },
    ]
  })
}
