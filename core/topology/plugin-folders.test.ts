import { describe, expect, it } from 'vitest'
import { listPluginFolders } from './plugin-folders.ts'

const surroundings = { env: { KINDS: '/opt/kinds' }, readFile: () => '' }
const list = (text: string) => listPluginFolders(text, '/etc/spark/topology.yaml', surroundings)

describe('listPluginFolders', () => {
  it('takes relative folders from where the file lies', () => {
    expect(list('plugins: [./one, ../two, /opt/three]')).toEqual([
      '/etc/spark/one',
      '/etc/two',
      '/opt/three',
    ])
  })

  it('replaces placeholders', () => {
    expect(list(`plugins: ["\${env:KINDS}/one"]`)).toEqual(['/opt/kinds/one'])
  })

  it('finds them although the rest of the file has mistakes', () => {
    expect(list('clutser: x\nhosts: 3\nplugins: [one]')).toEqual(['/etc/spark/one'])
  })

  it.each(['', 'plugins:', 'plugins: one', 'plugins: [1, "", {}]', 'plugins: [', '- plugins'])(
    'finds none in %j',
    (text) => {
      expect(list(text)).toEqual([])
    },
  )

  it('does not read a file that is too large', () => {
    expect(list(`plugins: [one]\n${'#'.repeat(1024 ** 2)}`)).toEqual([])
  })
})
