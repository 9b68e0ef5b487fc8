import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Writes a small file so that after a crash or power loss it is the old one or the new one. */
export function replaceFile(file: string, text: string, mode: number): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.${process.pid}.new`
  withFile(draft, 'w', mode, (fd) => {
    writeSync(fd, text)
    fsyncSync(fd)
  })
  renameSync(draft, file)
  withFile(dirname(file), 'r', 0, fsyncSync)
}

function withFile(path: string, flags: string, mode: number, work: (fd: number) => void) {
  const fd = openSync(path, flags, mode)
  try {
    work(fd)
  } finally {
    closeSync(fd)
  }
}
