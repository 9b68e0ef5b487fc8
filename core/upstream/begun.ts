import type { ServerResponse } from 'node:http'
import { EVENT_STREAM } from '../events/sse.ts'

const begun = new WeakSet<ServerResponse>()

/**
 * Begins the answer to a caller who asked for a stream before there is anything to stream, so that
 * comments can keep the connection alive. From here on a failure is an event of the stream.
 */
export function beginEvents(res: ServerResponse, answerHeaders: Record<string, string>): void {
  begun.add(res)
  res.writeHead(200, { ...answerHeaders, ...EVENT_STREAM })
  res.flushHeaders()
}

/** Whether `beginEvents` wrote this answer's head. */
export const isBegun = (res: ServerResponse): boolean => begun.has(res)

/** A line no reader of events takes for one. */
export const comment = (text: string): string => `: ${text.replace(/[\r\n]+/g, ' ')}\n\n`
