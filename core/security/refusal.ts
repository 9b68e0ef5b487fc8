import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ControlError } from '../errors.ts'
import { endAfterUpload, writeError } from '../upstream/write-error.ts'
import { PAGE_HEADERS } from './answer-headers.ts'

/** Answers what the guard refused: a page for a browser that opened an address, JSON for the rest. */
export function writeRefusal(
  req: IncomingMessage,
  res: ServerResponse,
  error: ControlError,
  answerHeaders: Record<string, string> = {},
): void {
  const isPage = req.method === 'GET' && (req.headers.accept ?? '').includes('text/html')
  if (!isPage) {
    writeError(req, res, error, { ...answerHeaders })
    return
  }
  const body = Buffer.from(refusalPage(error))
  res.writeHead(error.status, {
    ...answerHeaders,
    ...PAGE_HEADERS,
    'content-type': 'text/html; charset=utf-8',
    'content-length': body.byteLength,
    'cache-control': 'no-store',
    ...(!req.complete && { connection: 'close' }),
  })
  res.write(body)
  if (req.complete) res.end()
  else endAfterUpload(req, res)
}

/** The page that names the line to add. */
const refusalPage = (error: ControlError): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(error.code)}</title>
<h1>${escapeHtml(error.message)}</h1>
<p>${escapeHtml(error.hint ?? '')}</p>
</html>
`

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? '')
