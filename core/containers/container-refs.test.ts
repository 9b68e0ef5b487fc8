import { Type } from '@sinclair/typebox'
import { describe, expect, test } from 'vitest'
import { ContainerName, Endpoint, HostRef, Port } from '../topology/tags.ts'
import { containerRefs } from './container-refs.ts'

const Settings = Type.Object({
  container: ContainerName({ default: 'speech' }),
  qdrant: Type.Optional(Endpoint({ port: 6333 })),
  voices: Type.Optional(
    Type.Array(
      Type.Object({
        host: Type.Optional(HostRef()),
        port: Type.Optional(Port()),
        server: Type.Object({ container: ContainerName() }),
      }),
    ),
  ),
})

describe('the containers a service names', () => {
  test('stand on the host of the nearest object that names one, else on its own', () => {
    const refs = containerRefs(
      Settings,
      {
        container: 'speech',
        qdrant: { host: 'spark-2', port: 6333, container: 'qdrant' },
        voices: [
          { host: 'spark-3', server: { container: 'kokoro' } },
          { server: { container: 'piper' } },
        ],
      },
      'spark-1',
    )
    expect(refs).toEqual([
      { name: 'speech', host: 'spark-1' },
      { name: 'qdrant', host: 'spark-2' },
      { name: 'kokoro', host: 'spark-3' },
      { name: 'piper', host: 'spark-1' },
    ])
  })

  test('are named once, and left out where no host is known', () => {
    const settings = { container: 'a', qdrant: { port: 1, container: 'a' } }
    expect(containerRefs(Settings, settings, 'spark-1')).toEqual([{ name: 'a', host: 'spark-1' }])
    expect(containerRefs(Settings, settings, undefined)).toEqual([])
  })
})
