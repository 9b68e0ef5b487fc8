import { expect, it } from 'vitest'
import { loadText } from './topology/testing/load.ts'
import { maskTopology } from './topology-view.ts'

const viewOf = (text: string) => {
  const { topology, secrets } = loadText(text)
  if (!topology) throw new Error('the topology has mistakes')
  return maskTopology({ topology, secrets } as Parameters<typeof maskTopology>[0])
}

it('masks tokens, and shows that there are none', () => {
  const token = `{ name: alice, scope: read, hash: "sha256:${'a'.repeat(64)}" }`
  expect(viewOf(`access: { tokens: [${token}] }`)).toMatchObject({ access: { tokens: '••••' } })
  expect(viewOf('cluster: home')).toMatchObject({ access: { tokens: [] } })
})
