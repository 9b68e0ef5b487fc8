import { Type } from '@sinclair/typebox'
import { expect, it } from 'vitest'
import { containersIn } from './containers.ts'
import { ContainerName } from './tags.ts'

it('finds the containers of a service by their tag, wherever in its settings they stand', () => {
  const schema = Type.Object({
    container: ContainerName(),
    image: Type.String(),
    store: Type.Optional(Type.Object({ container: ContainerName() })),
  })
  const settings = { container: 'asr', image: 'asr-image', store: { container: 'qdrant' } }
  expect(containersIn(schema, settings)).toEqual(['asr', 'qdrant'])
  expect(containersIn(schema, { container: 'asr', image: 'x' })).toEqual(['asr'])
})
