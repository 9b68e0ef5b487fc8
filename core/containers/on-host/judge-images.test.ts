import { expect, it } from 'vitest'
import { type HostImage, judgeImages } from './judge-images.ts'

const NOW = Date.parse('2026-03-10T12:00:00Z')
const image = (host: string, id: HostImage['id'], created_at: string | null = null): HostImage => ({
  ...{ host, id, created_at },
})

it.each<[string, HostImage[], string, string]>([
  ['same', [image('a', '1'), image('b', '1')], 'same', 'same on both hosts'],
  ['same on three', ['a', 'b', 'c'].map((host) => image(host, '1')), 'same', 'same on all 3 hosts'],
  ['one host', [image('a', '1')], 'alone', 'needed on this host alone'],
  ['not there', [image('a', '1'), image('b', null)], 'missing', 'not on b'],
  ['nowhere', [image('a', null), image('b', null)], 'missing', 'not on a, b'],
  ['not asked', [image('a', '1'), image('b', undefined)], 'unknown', 'b could not be asked'],
  [
    'another one',
    [
      image('a', '1', '2026-03-10T01:00:00Z'),
      image('b', '2', '2026-03-01T12:00:00Z'),
      image('c', null),
    ],
    'differs',
    'differs: a has 1, made today; b has 2, 9 days old; not on c',
  ],
])('an image that is %s is told as such', (_, images, verdict, text) => {
  expect(judgeImages(images, NOW)).toEqual({ verdict, text })
})
