import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createShellHost } from '../../../core/hosts/testing/shell-host.ts'
import { plantFile, plantModel, uproot } from '../testing/plant.ts'
import { type HubFile, readHubAnswer } from './hub-info.ts'
import {
  createSpeedometer,
  lookAtArrived,
  missingFiles,
  parseArrived,
  progressOf,
  sweep,
} from './transfer.ts'

const { signal } = new AbortController()
const SHA = 'a'.repeat(40)
const BIG = 'b'.repeat(64)
const MORE = 'c'.repeat(64)

const file = (path: string, sizeBytes: number, blob: string): HubFile => ({ path, sizeBytes, blob })

describe('what has come in', () => {
  let home: string
  const at = () => ({
    hub: join(home, 'hub'),
    name: 'models--Org--New',
    sha: null,
    revision: 'main',
  })
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'vllm-transfer-'))
    const folder = plantModel(
      join(home, 'hub'),
      'Org/New',
      { 'config.json': '{}', 'a/b c': 9 },
      { commit: SHA },
    )
    plantFile(join(folder, 'blobs', BIG), 1000)
    plantFile(join(folder, 'blobs', `${MORE}.0123abcd.incomplete`), 400)
    plantFile(join(folder, 'blobs', `.${MORE}.Xy12zW`), 300)
    plantFile(
      join(folder, 'trees', `${SHA}.json`),
      JSON.stringify({
        files: {
          'config.json': { size: 2, blob_id: 'd' },
          w: { size: 1000, blob_id: 'x', lfs_sha256: BIG },
        },
      }),
    )
  })
  afterAll(() => uproot(home))

  it('is read in one look: the commit, its files, whole and partial blobs, the list', async () => {
    const arrived = await lookAtArrived(createShellHost('spark-1', { home }), at(), signal)
    expect(arrived.sha).toBe(SHA)
    expect(Object.fromEntries(arrived.files)).toEqual({ 'config.json': 2, 'a/b c': 9 })
    expect(arrived.blobOf.get('config.json')).toMatch(/^[0-9a-f]{40}$/)
    expect(arrived.blobs.get(BIG)).toBe(1000)
    expect(arrived.parts.get(MORE)).toBe(400)
    expect(arrived.tree).toEqual([file('config.json', 2, 'd'), file('w', 1000, BIG)])
  })

  it('gives true figures a file, and names what is missing', async () => {
    const arrived = await lookAtArrived(createShellHost('spark-1', { home }), at(), signal)
    const expected = [file('config.json', 2, 'd'), file('w', 1000, BIG), file('v', 800, MORE)]
    expect(progressOf(expected, arrived).map(({ doneBytes }) => doneBytes)).toEqual([2, 1000, 400])
    // a blob without its link is not there yet
    expect(missingFiles(expected, arrived)).toEqual(['w', 'v'])
  })

  it('is swept of partial files only; a folder without any file goes too', async () => {
    const host = createShellHost('spark-1', { home })
    await sweep(host, join(home, 'hub'), 'models--Org--New')
    const { blobs, parts } = await lookAtArrived(host, at(), signal)
    expect(blobs.get(BIG)).toBe(1000)
    expect(parts.size).toBe(0)
    plantFile(join(home, 'hub/models--Org--Bare/blobs', `${BIG}.0123abcd.incomplete`), 5)
    await sweep(host, join(home, 'hub'), 'models--Org--Bare')
    expect((await host.exec((await import('#core')).sh`ls ${join(home, 'hub')}`)).stdout).toBe(
      'models--Org--New\n',
    )
  })
})

it('a part that was given its full length first has come as far as its blocks', () => {
  const { parts } = parseArrived(`B\t1000000\t100\t/h/blobs/${BIG}.0123abcd.incomplete\nEND\n`)
  expect(parts.get(BIG)).toBe(51_200)
})

it('speed is that of the last seconds', () => {
  const speedometer = createSpeedometer()
  expect(speedometer(0, -1000)).toBeNull()
  expect(speedometer(0, 0)).toBeNull()
  expect(speedometer(100, 1000)).toBe(100)
  for (let s = 2; s < 200; s++) speedometer(100 + (s - 1) * 10, s * 1000)
  expect(speedometer(100 + 199 * 10, 200_000)).toBeCloseTo(10, 0)
})

describe('the hub’s answer', () => {
  const at = { repo: 'Org/New', revision: null, host: 'spark-1', hasToken: false }

  it('lists files with the names their blobs will have', () => {
    const text = JSON.stringify({
      sha: SHA,
      gated: 'manual',
      siblings: [
        { rfilename: 'config.json', size: 2, blobId: 'd' },
        { rfilename: 'w', size: 134, blobId: 'x', lfs: { sha256: BIG, size: 1000 } },
        { rfilename: 'without size' },
      ],
    })
    expect(readHubAnswer({ status: 200, text }, at)).toEqual({
      sha: SHA,
      isGated: true,
      files: [file('config.json', 2, 'd'), file('w', 1000, BIG)],
    })
  })

  it.each([
    [
      0,
      'curl: (6) Could not resolve host: huggingface.co',
      {},
      'HUB_UNREACHABLE',
      /Could not resolve/,
    ],
    [401, '{}', {}, 'HUB_NOT_FOUND', /without a token/],
    [401, '{}', { hasToken: true }, 'HUB_DENIED', /does not let this token/],
    [404, '{}', { revision: 'v2' }, 'HUB_NOT_FOUND', /no revision "v2" of Org\/New/],
  ])('%i (%s) %o is %s', (status, text, more, code, message) => {
    const read = () => readHubAnswer({ status, text }, { ...at, ...more })
    expect(read).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }))
  })

  it('of a mirror or a login page that is none is no answer', () => {
    expect(readHubAnswer({ status: 200, text: '<html>' }, at)).toBeUndefined()
    expect(readHubAnswer({ status: 302, text: '' }, at)).toBeUndefined()
  })
})
