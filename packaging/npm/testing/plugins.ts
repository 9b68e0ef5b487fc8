/** What an adopter may write against the installed package. */
export const TS_PLUGIN = `
import { API_VERSION, type Api, answer, type ServicePlugin, Type } from 'spark-control'

const settings = Type.Object({ greeting: Type.String({ default: 'hi' }) })
const Words = Type.Object({ words: Type.String() })
const api = {
  'GET /words': { summary: 'Words', effect: 'read', reply: { 200: Words } },
} as const satisfies Api

export default {
  apiVersion: API_VERSION,
  kind: 'words',
  title: 'Words',
  place: 'controller',
  settings,
  api,
  start: (service) => ({
    handlers: { 'GET /words': async () => answer(200, { words: service.settings.greeting }) },
    probe: async () => ({ state: 'up' }),
  }),
} satisfies ServicePlugin<typeof settings, typeof api>
`

export const JS_PLUGIN = `
import { API_VERSION, answer, Type } from '#core'

export default {
  apiVersion: API_VERSION,
  kind: 'lines',
  title: 'Lines',
  place: 'controller',
  settings: Type.Object({}),
  api: { 'GET /lines': { summary: 'Lines', effect: 'read', reply: { 200: Type.Object({ lines: Type.Integer() }) } } },
  start: () => ({
    handlers: { 'GET /lines': async () => answer(200, { lines: 3 }) },
    probe: async () => ({ state: 'up' }),
  }),
}
`

export const TOPOLOGY = `
cluster: words
plugins: [./words, ./lines]
hosts: {}
services:
  words: { kind: words, greeting: hello }
  lines: { kind: lines }
`

/** What `tsc --init` writes, as far as it matters, and libraries checked too; `typeRoots` is where @types/node lies. */
export const TSCONFIG = (typeRoots: string): string =>
  JSON.stringify({
    compilerOptions: {
      ...{ module: 'nodenext', target: 'esnext', strict: true, noEmit: true },
      ...{
        noUncheckedIndexedAccess: true,
        exactOptionalPropertyTypes: true,
        isolatedModules: true,
      },
      ...{ types: ['node'], typeRoots: [typeRoots] },
    },
    include: ['words', 'typo'],
  })
