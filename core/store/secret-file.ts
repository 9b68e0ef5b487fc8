import { randomBytes } from 'node:crypto'
import { fsyncSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { withFile } from './with-file.ts'

/** A key of a service in a file of its own, apart from the database it protects. */
export interface SecretFile {
  readonly path: string
  /** Undefined if there is no such file; throws what the file system throws. */
  read(): Buffer | undefined
  /** Writes it for this user alone; on the disk when it returns. Never replaces one: throws EEXIST. */
  create(bytes: Uint8Array): Buffer
}

/** `data/keys/<service>.<name>`, in hex. */
export function secretFile(dataDir: string, service: string, name: string): SecretFile {
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(name)) throw new RangeError(`"${name}" cannot name a file`)
  const path = join(dataDir, 'keys', `${service}.${name}`)
  return {
    path,
    read() {
      try {
        return Buffer.from(readFileSync(path, 'utf8').trim(), 'hex')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw error
      }
    },
    create(bytes) {
      const folder = dirname(path)
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
      try {
        withFile(temporary, 'wx', (handle) => {
          writeFileSync(handle, `${Buffer.from(bytes).toString('hex')}\n`)
          fsyncSync(handle)
        })
        // a link, since a rename would replace a key that another start has made meanwhile
        linkSync(temporary, path)
        withFile(folder, 'r', fsyncSync)
      } finally {
        rmSync(temporary, { force: true })
      }
      return Buffer.from(bytes)
    },
  }
}
