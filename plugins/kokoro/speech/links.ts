import { ControlError } from '#core'

/** A file the server keeps for about an hour: a name of its own making, never a path. */
const FILE = /^[A-Za-z0-9][A-Za-z0-9_-]{0,150}(\.[A-Za-z0-9]{1,10}){1,2}$/
export const FILE_PATTERN = FILE.source

/** Whether a name may become the last segment of a path at the server. */
export const isFile = (name: string): boolean => FILE.test(name)

/**
 * `/download/<file>` of the server, which it means below its own /v1, as our path below ours. undefined
 * if it names anything but a file.
 */
export function rewriteLink(link: string, service: string): string | undefined {
  const [, file] = /^(?:\/v1)?\/download\/([^/?#]+)$/.exec(link) ?? []
  return file !== undefined && isFile(file) ? `/download/${service}/${file}` : undefined
}

/** The server's path of a file. Throws NOT_FOUND for what can be none. */
export function downloadPath(file: string): string {
  if (isFile(file)) return `/v1/download/${file}`
  throw new ControlError(
    'NOT_FOUND',
    `There is no download ${JSON.stringify(file.slice(0, 80))}.`,
    {
      hint: 'Use the path of X-Download-Path as it came.',
    },
  )
}
