import { expect, it } from 'vitest'
import { Announcement } from './remote-command.ts'

/** What is taken for the command's own, read in pieces of so many bytes. */
function read(announcement: Announcement, bytes: Buffer, size: number): string {
  let own = ''
  for (let at = 0; at < bytes.length; at += size)
    own += announcement.read(bytes.subarray(at, at + size)).toString('latin1')
  return own
}

it.each([1, 2, 7, 64 * 1024])(
  'what a login shell prints before is no output of the command, in pieces of %i bytes',
  (size) => {
    const announcement = new Announcement()
    const noise = 'Welcome to spark-1\n\x1e-1\n\x1e12'
    const own = read(announcement, Buffer.from(`${noise}\x1e-4194304\nout\x1e7\n`), size)
    expect([own, announcement.target]).toEqual(['out\x1e7\n', '-4194304'])
  },
)

it('a login shell that prints on and on, byte by byte, keeps nobody busy', () => {
  const announcement = new Announcement()
  expect(read(announcement, Buffer.alloc(300_000, '\x1e-1'), 1)).toBe('')
  expect(announcement.target).toBeUndefined()
  expect(announcement.noise.length).toBeLessThanOrEqual(64 * 1024)
})
