import { describe, expect, it } from 'vitest'
import { pagesInNavigation } from './pages.ts'

const titles = (...kinds: string[]) =>
  pagesInNavigation(kinds.map((kind) => ({ kind }))).map(({ title }) => title)
const CORE = ['Jobs', 'Schedule', 'Hosts', 'Topology']

describe('the navigation', () => {
  it('offers what the services can do, in the order of the topology', () => {
    expect(titles('vllm', 'vllm', 'container', 'kokoro', 'embeddings', 'parakeet')).toEqual([
      ...['Overview', 'Models', 'Chat', 'Speak', 'Search', 'Transcribe'],
      ...CORE,
    ])
    expect(titles('redaction', 'vllm')).toEqual(['Overview', 'Redact', 'Models', 'Chat', ...CORE])
  })

  it('leaves out what is not set up', () => {
    const shown = pagesInNavigation([{ kind: 'redaction', is_hidden: true }, { kind: 'kokoro' }])
    expect(shown.map(({ title }) => title)).toEqual(['Overview', 'Speak', ...CORE])
  })

  it('has the pages of the core alone where there is no service', () => {
    expect(titles()).toEqual(['Overview', ...CORE])
  })
})
