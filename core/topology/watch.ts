import { watch } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { Clock } from '../plugin.ts'

/** The file, whom to tell, and the time to do it in. */
export interface WatchOptions {
  file: string
  clock: Clock
  /** The text that is known already; without it the first reading counts as a change. */
  known?: string
  /** Called with the new text, one call at a time. What it throws goes to `onError`. */
  onText(text: string): void | Promise<void>
  /**
   * The file is gone or cannot be read (told once until it can be read again), or onText threw; no call
   * of either runs beside it.
   */
  onError?(error: unknown): void | Promise<void>
  /** Quiet time after an event before the file is read, since editors write in several steps. */
  debounceMs?: number
  /** How often the file is looked at where no events come: network mounts, single-file mounts. */
  pollMs?: number
  /** Listens for changes in a folder and returns how to stop. */
  listen?(folder: string, onEvent: (name: string | null) => void): () => void
}

/** A watch that goes on until `stop`. */
export interface FileWatch {
  /** Reads now and hands the text over even if it is the same (SIGHUP: placeholders may differ). */
  reload(): Promise<void>
  /** Ends the watch; resolves when no callback runs any more. */
  stop(): Promise<void>
}

/** Watches a file through every way of saving it: in place, by rename, by a swapped folder link. */
export function watchFile(options: WatchOptions): FileWatch {
  const { file, clock, debounceMs = 200, pollMs = 5_000, listen = listenToFolder } = options
  const abort = new AbortController()
  const reader = createReader(options, abort.signal)
  let lastEventAt = 0
  let isWaiting = false

  const settle = async (): Promise<void> => {
    isWaiting = true
    const firstEventAt = lastEventAt
    let seen: number
    do {
      seen = lastEventAt
      await clock.sleep(debounceMs, abort.signal)
    } while (lastEventAt > seen && clock.now() - firstEventAt < debounceMs * MOST_DEBOUNCES)
    isWaiting = false
    await reader.look(false)
  }
  const onEvent = (name: string | null): void => {
    // a Kubernetes volume swaps the folder link "..data" instead of the file
    if (name !== null && name !== basename(file) && !name.startsWith('..')) return
    lastEventAt = Math.max(clock.now(), lastEventAt + 1)
    if (!isWaiting) void settle().catch(ignoreAbort)
  }
  const poll = async (): Promise<void> => {
    // the first look is never left out: the file may have changed since the caller read it
    for (let before = ''; ; ) {
      await clock.sleep(pollMs, abort.signal)
      const now = await stampOf(file)
      if (now !== before) await reader.look(false)
      before = now
    }
  }

  const stopListening = listen(dirname(file), onEvent)
  void poll().catch(ignoreAbort)
  return {
    reload: () => reader.look(true),
    async stop() {
      abort.abort()
      stopListening()
      await reader.idle()
    },
  }
}

/** A folder that never falls silent must not keep the file from being read. */
const MOST_DEBOUNCES = 10

/** Reads the file, one reading after the other, and calls back with what is new. */
function createReader({ file, known, onText, onError }: WatchOptions, signal: AbortSignal) {
  let last: string | undefined = known
  let isUnreadable = false
  let queue: Promise<void> = Promise.resolve()
  const read = async (isForced: boolean): Promise<void> => {
    if (signal.aborted) return
    try {
      const text = await readFile(file, 'utf8')
      isUnreadable = false
      if (signal.aborted || (text === last && !isForced)) return
      last = text
    } catch (error) {
      const isNews = !isUnreadable || isForced
      isUnreadable = true
      last = undefined
      if (isNews) await onError?.(error)
      return
    }
    try {
      await onText(last)
    } catch (error) {
      await onError?.(error)
    }
  }
  return {
    look: (isForced: boolean): Promise<void> => {
      queue = queue.then(() => read(isForced))
      return queue
    },
    idle: () => queue,
  }
}

function listenToFolder(folder: string, onEvent: (name: string | null) => void): () => void {
  try {
    const watcher = watch(folder, { persistent: false }, (_, name) => onEvent(name))
    // the folder went away: the poll goes on alone
    watcher.on('error', () => watcher.close())
    return () => watcher.close()
  } catch {
    // no such folder, or no watches left: the poll goes on alone
    return () => {}
  }
}

/** What changes whenever the file does; empty while there is none. */
const stampOf = (file: string): Promise<string> =>
  stat(file, { bigint: true }).then(
    ({ ino, size, mtimeNs }) => `${ino} ${size} ${mtimeNs}`,
    () => '',
  )

/** A sleep ended by stop() rejects; nothing else here does. */
const ignoreAbort = (): void => {}
