import type { IncomingMessage } from 'node:http'

/** Requests whose client waits for `100 Continue` and has sent nothing of its body yet. */
export const awaitingContinue = new WeakSet<IncomingMessage>()
