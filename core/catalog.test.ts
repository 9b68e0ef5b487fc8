import { Type } from '@sinclair/typebox'
import { describe, expect, it } from 'vitest'
import { checkPlugin, doorSegments } from './catalog.ts'
import { API_VERSION, type ServicePlugin } from './plugin.ts'

const lamp: ServicePlugin = {
  apiVersion: API_VERSION,
  kind: 'lamp',
  title: 'Lamp',
  place: 'host',
  settings: Type.Object({ level: Type.Optional(Type.Integer()) }),
  api: {},
  start: () => ({ handlers: {}, probe: async () => ({ state: 'up' }) }),
}
const USE = { summary: 'x', effect: 'use', forward: 'main', max_bytes: 1 } as const
const READ = { summary: 'x', effect: 'read', reply: { 200: Type.Unknown() } } as const

const mistakesOf = (plugin: object): string => {
  try {
    checkPlugin({ ...lamp, ...plugin } as ServicePlugin, 'lamp')
    return ''
  } catch (thrown) {
    return (thrown as Error).message
  }
}

describe('a plugin', () => {
  it('that keeps the contract is taken', () => {
    expect(mistakesOf({ door: { 'POST /v1/chat/completions': USE } })).toBe('')
  })

  it.each([
    [{ apiVersion: 99 }, 'apiVersion is 99'],
    [{ kind: 'light' }, 'kind is "light", the folder is called "lamp"'],
    [
      { settings: Type.Object({ port: Type.Integer() }) },
      'settings.port repeats a key of the core',
    ],
    [{ settings: undefined }, 'settings is not a Type.Object'],
    [{ api: { 'get /x': READ } }, 'api "get /x" is not "METHOD /path"'],
    [{ api: { 'GET /x': { ...READ, effect: 'use' } } }, 'its effect must be "read"'],
    [{ api: { 'POST /x': { ...USE, effect: 'operate' } } }, 'it must be a JSON route'],
    [{ door: { 'POST /api/x': READ } }, 'open() is missing'],
    [{ start: undefined }, 'start is not a function'],
    [{ place: 'box' }, 'place is "box"'],
    [{ tile: { figures: [{ key: 'level' }] } }, 'a figure of its tile'],
    [{ api: { 'POST /x': { summary: 'x', effect: 'use' } } }, 'neither reply nor forward nor raw'],
    [{ door: { 'POST /api/jobs/:id/cancel': USE } }, 'is a path of the core'],
    [{ door: { 'GET /api/hosts': READ } }, 'is a path of the core'],
    [{ door: { 'GET /healthz': READ } }, 'is a path of the core'],
    [{ door: { 'GET /v1/models': READ } }, 'is a path of the core'],
    [{ door: { 'GET /': READ } }, 'is a path of the core'],
  ])('with %j is told: %s', (change, sentence) => {
    expect(mistakesOf(change)).toContain(sentence)
  })

  it('with several mistakes is told all of them', () => {
    expect(mistakesOf({ apiVersion: 2, kind: 'light' })).toMatch(/apiVersion.*; kind is/)
  })
})

it('reserves the first segments of doors, below /api and beside it', () => {
  const door = { 'POST /api/swap': USE, 'POST /scrub': USE, 'POST /v1/audio/speech': USE }
  const kinds = [
    { plugin: { ...lamp, door }, folder: '', isOutOfTree: false, hasTileModule: false },
  ]
  expect(doorSegments(kinds)).toEqual(['swap', 'scrub', 'v1'])
})
