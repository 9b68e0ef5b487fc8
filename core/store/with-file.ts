import { closeSync, openSync } from 'node:fs'

/** Opens a file (made with `mode` where it is not there), works on it, and closes it in any case. */
export function withFile(
  path: string,
  flags: string,
  work: (fd: number) => void,
  mode = 0o600,
): void {
  const fd = openSync(path, flags, mode)
  try {
    work(fd)
  } finally {
    closeSync(fd)
  }
}
