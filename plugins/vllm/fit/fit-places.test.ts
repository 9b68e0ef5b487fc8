import { describe, expect, it } from 'vitest'
import { sampleNode } from '../testing/samples.ts'
import { type PlaceOptions, placesOn } from './fit-places.ts'
import type { MemoryUser } from './memory-look.ts'

const GB = 1e9
const options = (change: Partial<PlaceOptions> = {}): PlaceOptions => ({
  container: 'vllm_node',
  isTaken: false,
  footprintBytes: null,
  gpus: null,
  parts: 1,
  titleOf: (container) => ({ kokoro: 'Speech' })[container],
  ...change,
})
const user = (name: string, bytes: number, gpu: number | null = null): MemoryUser => ({
  ...{ process: `${name} process`, container: name, gpu, bytes },
})

describe('on memory shared with the GPU', () => {
  const node = sampleNode('spark-1', {
    ...{ totalBytes: 128 * GB, availableBytes: 50 * GB, freeBytes: 20 * GB },
    users: [
      user('vllm_node', 60 * GB),
      user('kokoro', 2 * GB),
      user('strange', 5 * GB),
      { ...user('', 1 * GB), container: null },
    ],
  })

  it('MemFree is what CUDA sees, files kept for speed come on top, others are named', () => {
    expect(placesOn(node, options({ isTaken: true }))).toEqual([
      {
        ...{ host: 'spark-1', gpu: null, totalBytes: 128 * GB, freeBytes: 20 * GB },
        ...{ reclaimableBytes: 30 * GB, freedBytes: 60 * GB },
        others: [
          { name: 'strange', bytes: 5 * GB },
          { name: 'Speech', bytes: 2 * GB },
          { name: ' process', bytes: 1 * GB },
        ],
      },
    ])
  })

  it.each<[string, Partial<PlaceOptions>, number | null]>([
    [
      'what it took when it was loaded, if the GPU does not tell',
      { isTaken: true, footprintBytes: 64 * GB },
      64 * GB,
    ],
    ['nothing known, if neither does', { isTaken: true }, null],
    ['nothing, where nothing is served', {}, 0],
  ])('stopping gives back %s', (_, change, freedBytes) => {
    const quiet = { ...node, users: [] }
    expect(placesOn(quiet, options(change))[0]).toMatchObject({ freedBytes })
  })

  it('an engine outside of containers is told by what vLLM calls its processes', () => {
    const outside = { container: null, gpu: null, bytes: 7 * GB }
    const users = [
      { ...outside, process: 'VLLM::EngineCore' },
      { ...outside, process: 'Xorg' },
    ]
    const [place] = placesOn({ ...node, users }, options({ container: null, isTaken: true }))
    expect(place).toMatchObject({ freedBytes: 7 * GB, others: [{ name: 'Xorg', bytes: 7 * GB }] })
  })

  it('is unknown where nothing was read', () => {
    expect(placesOn(sampleNode('spark-1', { totalBytes: null }), options())).toEqual([])
  })
})

describe('on cards of their own', () => {
  const gpus = [0, 1, 2, 3].map((index) => ({
    ...{ index, totalBytes: 24 * GB, freeBytes: (20 - index) * GB },
  }))
  const node = sampleNode('box', {
    gpus,
    users: [user('vllm_node', 3 * GB, 2), user('kokoro', GB, 0)],
  })

  it('each part takes the next card the service may use', () => {
    const cards = (change: Partial<PlaceOptions>) =>
      placesOn(node, options(change)).map(({ gpu }) => gpu)
    expect(cards({})).toEqual([0])
    expect(cards({ parts: 3 })).toEqual([0, 1, 2])
    expect(cards({ parts: 2, gpus: [2, 3] })).toEqual([2, 3])
  })

  it('memory is the card’s, by nvidia-smi, with who is on it', () => {
    const [first, , third] = placesOn(node, options({ parts: 3, isTaken: true }))
    expect(first).toEqual({
      ...{ host: 'box', gpu: 0, totalBytes: 24 * GB, freeBytes: 20 * GB, reclaimableBytes: 0 },
      ...{ freedBytes: null, others: [{ name: 'Speech', bytes: GB }] },
    })
    expect(third).toMatchObject({ freedBytes: 3 * GB, others: [] })
  })
})
