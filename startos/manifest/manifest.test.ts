import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { IMAGE, UI_PORT } from '../facts.ts'
import { type Built, judgeManifest } from '../pack-check/judge-manifest.ts'
import { startos } from '../testing/package.ts'

const { manifest } = startos
const built = manifest as unknown as Built

it('has nothing StartOS or a review would refuse', () => {
  expect(judgeManifest(built)).toEqual([])
})

it('is made by the SDK this package is pinned to', () => {
  const { devDependencies } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  )
  expect(manifest.sdkVersion).toBe(devDependencies['@start9labs/start-sdk'])
  expect(manifest.sdkVersion).toBe('2.0.9')
})

it('has the image and the port the other files speak of', () => {
  expect(Object.keys(manifest.images)).toEqual([IMAGE])
  const example = readFileSync(new URL('../../topology.example.yaml', import.meta.url), 'utf8')
  expect(example).toContain(`port: ${UI_PORT}`)
})

it('asks for no privilege, no GPU and no other package', () => {
  expect(manifest).toMatchObject({
    dependencies: {},
    hardwareAcceleration: false,
    userspaceFilesystems: false,
    virtualNetworking: false,
    hardwareRequirements: { device: [], ram: null },
  })
})

describe('what would be refused', () => {
  const texts = built.description as { short: Record<string, string>; long: object }
  const short = (change: object) => ({
    description: { ...texts, short: { ...texts.short, ...change } },
  })
  it.each<[string, Built, RegExp]>([
    ['a key of an older SDK', { alerts: {} }, /^alerts is no key/],
    ['an id with capitals', { id: 'Bad_ID' }, /^"Bad_ID" cannot be an id/],
    ['an id that is taken', { id: 'start-os' }, /is taken/],
    ['a volume that is no id', { volumes: ['Main'] }, /^"Main" cannot be an id/],
    ['no volume', { volumes: [] }, /no volume/],
    ['a text that is too long', short({ de_DE: 'x'.repeat(81) }), /more than 80 .* de_DE/],
    ['a text that is missing', short({ pl_PL: ' ' }), /missing in pl_PL/],
    ['a language there is not', short({ it_IT: 'x' }), /has it_IT/],
    ['an address with a placeholder', { packageRepo: 'https://<where>/x' }, /packageRepo is no/],
    ['an address that is none', { marketingUrl: 'spark' }, /marketingUrl is no/],
    [
      'an image of another architecture',
      {
        images: { a: { arch: ['aarch64'], emulateMissingAs: 'x86_64' } },
      },
      /emulated as x86_64/,
    ],
    ['a version without its package', { version: '1.0.0' }, /is not X\.Y\.Z:N/],
    ['a version with a v', { version: 'v1.0.0:0' }, /is not X\.Y\.Z:N/],
    [
      'a version it cannot come from',
      { canMigrateFrom: '<0.1.0:0' },
      /cannot be updated from itself/,
    ],
  ])('%s', (_what, change, sentence) => {
    const problems = judgeManifest({ ...built, ...change })
    expect(problems).toEqual([expect.stringMatching(sentence)])
  })
})
