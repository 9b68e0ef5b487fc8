import { EventEmitter, once } from 'node:events'
import { mkdir, mkdtemp, readFile, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../clock.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { type FileWatch, type WatchOptions, watchFile } from './watch.ts'

let folder = ''
let file = ''
let watches: FileWatch[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watch-'))
  file = join(folder, 'topology.yaml')
  await writeFile(file, 'one')
})
afterEach(async () => {
  await Promise.all(watches.map((watch) => watch.stop()))
  watches = []
  await rm(folder, { recursive: true, force: true })
})

/** A watch on a clock that stands still, with events sent by hand. */
function startByHand(options: Partial<WatchOptions> = {}) {
  const clock = createFakeClock()
  const texts: string[] = []
  const errors: unknown[] = []
  const told = new EventEmitter()
  let send: (name: string | null) => void = () => {}
  const watch = watchFile({
    file,
    clock,
    known: 'one',
    onText(text) {
      texts.push(text)
      told.emit('told')
    },
    onError(error) {
      errors.push(error)
      told.emit('told')
    },
    listen(_, onEvent) {
      send = onEvent
      return () => {
        send = () => {}
      }
    },
    ...options,
  })
  watches.push(watch)
  return { watch, clock, texts, errors, told, event: (name: string | null) => send(name) }
}

describe('watchFile', () => {
  it('reads once after the last of several events', async () => {
    const { clock, texts, told, event } = startByHand()
    await writeFile(file, 'tw')
    event('topology.yaml')
    await clock.advance(150)
    await writeFile(file, 'two')
    event('topology.yaml')
    await clock.advance(150)
    expect(texts).toEqual([])
    const heard = once(told, 'told')
    await clock.advance(300)
    await heard
    expect(texts).toEqual(['two'])
  })

  it('says nothing when the text is the same again', async () => {
    const { watch, clock, texts, event } = startByHand()
    await writeFile(file, 'one')
    event('topology.yaml')
    await clock.advance(1000)
    await watch.stop()
    expect(texts).toEqual([])
  })

  it('takes no notice of other files in the folder, such as a database', async () => {
    const { clock, event } = startByHand({ pollMs: 60_000 })
    await clock.settle()
    const before = clock.sleepers
    event('control.db-wal')
    await clock.settle()
    expect(clock.sleepers).toBe(before)
  })

  it('reads in time although the events never end', async () => {
    const { clock, texts, told, event } = startByHand({ pollMs: 3_600_000 })
    await writeFile(file, 'two')
    const heard = once(told, 'told')
    for (let n = 0; n < 30; n++) {
      event('topology.yaml')
      await clock.advance(100)
    }
    await heard
    expect(texts).toEqual(['two'])
  })

  it('finds a change by polling where no event comes', async () => {
    const { clock, texts, told } = startByHand()
    const heard = once(told, 'told')
    let isHeard = false
    void heard.then(() => {
      isHeard = true
    })
    await writeFile(file, 'two, of another size')
    while (!isHeard) await clock.advance(5_000)
    expect(texts).toEqual(['two, of another size'])
  })

  it('tells once that the file is gone, and its text when it is back', async () => {
    const { watch, texts, errors, clock, event, told } = startByHand({ pollMs: 3_600_000 })
    await unlink(file)
    const gone = once(told, 'told')
    event('topology.yaml')
    await clock.advance(200)
    await gone
    event('topology.yaml')
    await clock.advance(200)
    await writeFile(file, 'one')
    const back = once(told, 'told')
    event('topology.yaml')
    await clock.advance(200)
    await back
    await watch.stop()
    expect(errors).toMatchObject([{ code: 'ENOENT' }])
    expect(texts).toEqual(['one'])
  })

  it('a reload hands the text over although it is the same', async () => {
    const { watch, texts } = startByHand()
    await watch.reload()
    expect(texts).toEqual(['one'])
  })

  it.each([
    { what: 'text', spoil: async () => {} },
    { what: 'error', spoil: () => unlink(file) },
  ])('hands over one $what at a time', async ({ what, spoil }) => {
    const log: string[] = []
    const gate = new EventEmitter()
    const handOver = async () => {
      log.push('begin')
      if (log.length === 1) await once(gate, 'open')
      log.push('end')
    }
    const { watch, clock } = startByHand({ [what === 'text' ? 'onText' : 'onError']: handOver })
    await spoil()
    const both = [watch.reload(), watch.reload()]
    while (log.length === 0) await new Promise(setImmediate)
    // as long as the second takes to read, if it did not wait
    await Promise.allSettled([readFile(file), readFile(folder)]).then(() => clock.settle())
    gate.emit('open')
    await Promise.all(both)
    expect(log).toEqual(['begin', 'end', 'begin', 'end'])
  })

  it('a callback that throws is told and ends nothing', async () => {
    let calls = 0
    const { watch, errors } = startByHand({
      onText() {
        calls++
        throw new Error('broken')
      },
    })
    await watch.reload()
    await watch.reload()
    expect(calls).toBe(2)
    expect(errors).toHaveLength(2)
  })

  it('is silent and asleep nowhere after stop', async () => {
    const { watch, clock, texts, event } = startByHand()
    await writeFile(file, 'two')
    event('topology.yaml')
    await clock.settle()
    await watch.stop()
    await watch.reload()
    await clock.settle()
    expect(texts).toEqual([])
    expect(clock.sleepers).toBe(0)
  })
})

describe('watchFile on a real folder', () => {
  /** The next text a watch on real events and real time tells of. */
  function startForReal(path: string) {
    const told = new EventEmitter()
    const watch = watchFile({
      file: path,
      known: 'one',
      clock: systemClock,
      debounceMs: 5,
      pollMs: 3_600_000,
      onText: (text) => void told.emit('text', text),
    })
    watches.push(watch)
    return async () => (await once(told, 'text'))[0]
  }

  it('sees a save in place', async () => {
    const next = startForReal(file)()
    await writeFile(file, 'two')
    expect(await next).toBe('two')
  })

  it('sees a save by rename, and the one after it', async () => {
    const next = startForReal(file)
    for (const text of ['two', 'three']) {
      const told = next()
      await writeFile(join(folder, '.topology.yaml.swp'), text)
      await rename(join(folder, '.topology.yaml.swp'), file)
      expect(await told).toBe(text)
    }
  })

  it('sees a swapped folder link, as a Kubernetes volume does it', async () => {
    for (const [name, text] of [
      ['..v1', 'one'],
      ['..v2', 'two'],
    ] as const) {
      await mkdir(join(folder, name))
      await writeFile(join(folder, name, 'linked.yaml'), text)
    }
    await symlink('..v1', join(folder, '..data'))
    await symlink('..data/linked.yaml', join(folder, 'linked.yaml'))
    const next = startForReal(join(folder, 'linked.yaml'))()
    await symlink('..v2', join(folder, '..data_tmp'))
    await rename(join(folder, '..data_tmp'), join(folder, '..data'))
    expect(await next).toBe('two')
  })
})
