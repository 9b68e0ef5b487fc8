import type { IncomingMessage, ServerResponse } from 'node:http'
import { setFlagsFromString } from 'node:v8'

/**
 * V8 lets the young generation double up to 64 MB and the old one grow well beyond what lives: quick
 * where requests come, but memory that is never given back where once a lot was done. Both flags are
 * read whenever V8 decides about growth, so they may change while it runs.
 */
const SPARING = ['--semi-space-growth-factor=1', '--heap-growing-percent=15']
const USUAL = ['--semi-space-growth-factor=2', '--heap-growing-percent=0']

let working = 0
let isWatchingMany = false

/** Does work that makes much garbage and is in no hurry in little memory; requests meanwhile are a little slower. */
export async function sparingly<T>(work: () => Promise<T>): Promise<T> {
  begin()
  try {
    return await work()
  } finally {
    end()
  }
}

/** From that many services on looking at them is most of the work, and it makes garbage all the time. */
const MANY = 100

/** Stays sparing for as long as there are many services. */
export function spareFor(services: number): void {
  if (services >= MANY === isWatchingMany) return
  isWatchingMany = !isWatchingMany
  if (isWatchingMany) begin()
  else end()
}

/** A body from this length on is parsed into far more than a heap of usual size has room for. */
const LARGE_BYTES = 4 * 1024 ** 2

/** Reads and answers a request with a large body sparingly; to be called before its body is read. */
export function spareLarge({ headers }: IncomingMessage, res: ServerResponse): void {
  if (Number(headers['content-length'] ?? 0) < LARGE_BYTES) return
  void sparingly(() => new Promise((resolve) => res.once('close', resolve)))
}

function begin(): void {
  if (working++ === 0) setFlags(SPARING)
}

function end(): void {
  if (--working === 0) setFlags(USUAL)
}

function setFlags(flags: readonly string[]): void {
  for (const flag of flags) setFlagsFromString(flag)
}
