import { readFile } from 'node:fs/promises'
import type { Logger } from 'pino'
import { type ReadTopology, readTopologyText } from './check-file.ts'
import { toAt } from './clock.ts'
import type { Clock } from './plugin.ts'
import { keepLastGood, readLastGood } from './topology/last-good.ts'
import type { Diagnostic, Topology } from './topology/topology.ts'
import type { ControllerView } from './views.ts'

/** A topology in force, with the kinds it was read with. */
export type InForce = ReadTopology & { topology: Topology }

/** The file, what is in force, and what is wrong with the file as it stands. */
export interface TopologyFile {
  readonly file: string
  inForce(): InForce | null
  view(): ControllerView['topology']
  /** Reads the file again; true if something new is to be put in force. A bad edit changes nothing. */
  read(): Promise<boolean>
}

export interface TopologyFileOptions {
  file: string
  dataDir: string
  clock: Clock
  log: Logger
}

/**
 * Holds the topology. At start a bad or missing file gives way to the last good copy; with none,
 * `inForce` is null and only the diagnosis can be served.
 */
export function openTopologyFile({ file, dataDir, clock, log }: TopologyFileOptions): TopologyFile {
  let inForce: InForce | null = null
  let state: ControllerView['topology']['state'] = 'none'
  let loadedAt: string | null = null
  let diagnostics: Diagnostic[] = []

  const put = (next: InForce, nextState: typeof state): void => {
    inForce = next
    state = nextState
    loadedAt = toAt(clock.now())
  }

  /** True if the last good copy is to be put in force, since nothing is. */
  const fallBack = async (): Promise<boolean> => {
    if (inForce) {
      state = 'last_good'
      return false
    }
    const kept = await readLastGood(dataDir)
    if (kept === undefined) return false
    const read = await readTopologyText(file, kept)
    if (!read.topology) return false
    put({ ...read, topology: read.topology }, 'last_good')
    return true
  }

  return {
    file,
    inForce: () => inForce,
    view: () => ({ file, state, loaded_at: loadedAt, diagnostics }),
    async read() {
      const found = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => error)
      if (found instanceof Error) {
        diagnostics = [unreadable(file, found)]
        return fallBack()
      }
      const read = await readTopologyText(file, found)
      diagnostics = read.diagnostics
      if (!read.topology) {
        log.error(
          { file, mistakes: places(read.diagnostics) },
          'topology has mistakes, not applied',
        )
        return fallBack()
      }
      // Compared as read, not as text: what ${env:…} stands for may have changed, and comments may not matter.
      const isNew = JSON.stringify(read.topology) !== JSON.stringify(inForce?.topology)
      put({ ...read, topology: read.topology }, 'current')
      await keepLastGood(dataDir, found).catch((err) =>
        // A full disk, say. It is for a later start; this topology counts all the same.
        log.error({ err }, 'the last good topology could not be kept'),
      )
      return isNew
    },
  }
}

const MOST_LOGGED = 10

/** `line:column path: what`, for the log; the API and the dashboard show all of it. */
const places = (diagnostics: Diagnostic[]): string[] =>
  diagnostics
    .slice(0, MOST_LOGGED)
    .map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`)

const unreadable = (file: string, { code, message }: NodeJS.ErrnoException): Diagnostic => ({
  severity: 'error',
  code: 'FILE_UNREADABLE',
  file,
  line: 1,
  column: 1,
  path: '',
  message: code === 'ENOENT' ? 'there is no such file' : message,
  hint: '`npx spark-control example > topology.yaml` writes one to edit',
})
