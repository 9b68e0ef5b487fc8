import { describe, expect, it } from 'vitest'
import { readFiles } from './read-files.ts'

const file = (name: string, content: string | Uint8Array<ArrayBuffer>): File =>
  new File([content], name)

describe('files that are dropped', () => {
  it('become documents under their names', async () => {
    const { read, unread } = await readFiles([file('a.md', 'One.'), file('b\n.txt', 'Two.')])
    expect(read).toEqual([
      { name: 'a.md', text: 'One.' },
      { name: 'b .txt', text: 'Two.' },
    ])
    expect(unread).toEqual([])
  })

  it.each<[string, string | Uint8Array<ArrayBuffer>, string]>([
    ['empty', '', 'it is empty'],
    ['blank', ' \n ', 'it is empty'],
    ['no text', Uint8Array.of(0x89, 0x50, 0, 1), 'it is not a text file'],
    ['of another encoding', Uint8Array.of(0xff, 0xfe, 0x41), 'it is not a text file'],
    ['too large', 'x'.repeat(1_000_001), 'it is larger than 1 MB'],
    ['far too large', 'x'.repeat(4_000_001), 'it is larger than 1 MB'],
  ])('are told when they are %s', async (_, content, reason) => {
    expect(await readFiles([file('f', content)])).toEqual({
      read: [],
      unread: [{ name: 'f', reason }],
    })
  })

  it('are taken once a name, and no more at once than the controller takes', async () => {
    const twice = await readFiles([file('a', 'One.'), file('a', 'Two.')])
    expect(twice.unread).toEqual([{ name: 'a', reason: 'another file of this name is among them' }])
    const large = Array.from({ length: 32 }, (_, n) => file(`${n}`, 'x'.repeat(999_999)))
    const { read, unread } = await readFiles(large)
    expect([read.length, unread.length]).toEqual([30, 2])
  })
})
