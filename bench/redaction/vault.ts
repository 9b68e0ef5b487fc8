import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../core/store/database.ts'
import { createKeyValue } from '../../core/store/key-value.ts'
import { secretFile } from '../../core/store/secret-file.ts'
import type { Entry } from '../../plugins/redaction/rehydrate/restorer.ts'
import { createVault } from '../../plugins/redaction/vault/vault.ts'
import { median } from '../gateway/figures.ts'
import { type Limit, only } from './limits.ts'

const SESSIONS = 300
const APPENDS = 300
const VALUES = 10_000
const CHUNK = 100

/** The vault on a disk, as the controller has it: each write is on the disk when it returns. */
export function vaultFigures(): Limit[] {
  const folder = mkdtempSync(join(tmpdir(), 'bench-vault-'))
  const db = openDatabase(join(folder, 'bench.sqlite'))
  try {
    const store = createKeyValue(db, 'bench')
    const clock = { now: Date.now, sleep: async () => {} }
    const open = () =>
      createVault({ store, clock, keyFile: secretFile(folder, 'bench', 'key'), ttlMs: 3_600_000 })
    const vault = open()
    const handles: string[] = []
    const put = ms(() => {
      for (let n = 0; n < SESSIONS; n++) {
        const session = vault.begin(null)
        vault.append(session, valuesFrom(n * 10, 10))
        handles.push(session.handle)
      }
    })
    const get = ms(() => {
      for (const handle of handles) vault.open(handle, null)
    })
    const [first = ''] = handles
    const append = ms(() => {
      for (let n = 0; n < APPENDS; n++) vault.append(vault.open(first, null), valuesFrom(n, 1))
    })
    const large = vault.begin(null)
    const before = sizeOf(store)
    for (let n = 0; n < VALUES; n += CHUNK) {
      const session = n === 0 ? large : vault.open(large.handle, null)
      vault.append(session, valuesFrom(n, CHUNK))
    }
    const size = sizeOf(store) - before
    const again = open()
    const opens = Array.from({ length: 9 }, () => ms(() => again.open(large.handle, null)))
    return [
      only('vault: sessions of 10 values put a second', (SESSIONS / put) * 1_000),
      only('vault: sessions got a second', (SESSIONS / get) * 1_000),
      only('vault: values appended one by one a second', (APPENDS / append) * 1_000),
      only('vault: bytes a value, sealed', size / VALUES),
      only(`vault: ms to open a session of ${VALUES} values`, median(opens)),
    ]
  } finally {
    db.close()
    rmSync(folder, { recursive: true })
  }
}

const valuesFrom = (start: number, count: number): Entry[] =>
  Array.from({ length: count }, (_, n) => {
    return { type: 'EMAIL', surface: `someone.${start + n}@example.org` }
  })

function ms(work: () => void): number {
  const start = performance.now()
  work()
  return performance.now() - start
}

const sizeOf = (store: ReturnType<typeof createKeyValue>): number =>
  store.keys().reduce((sum, key) => sum + key.length + JSON.stringify(store.get(key)).length, 0)
