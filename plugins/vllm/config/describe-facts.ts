import type { Suggestion } from '../views.ts'
import type { ConfigFacts } from './config-facts.ts'
import { bytesPerToken, type Layout, stateBytesPerSequence, windowBytesPerToken } from './layout.ts'

type Fact = Suggestion['facts'][number]

/** What was read of a model's files, for people: each figure with where it comes from. */
export function describeFacts(facts: ConfigFacts): Fact[] {
  const found: Fact[] = []
  const note = (name: string, value: string, because: string) =>
    found.push({ name, value, because })
  note('Weights', formatOf(facts), facts.quantizationBecause)
  if (facts.parameters !== null) {
    const billions = (facts.parameters / 1e9).toFixed(facts.parameters < 100e9 ? 1 : 0)
    note('Parameters', `${billions} billion`, 'counted from the sizes in config.json')
  }
  const { layout } = facts
  if (layout) {
    note('Layers', layersOf(layout), layout.estimate ?? `by ${layout.from} in config.json`)
    note('Cache', cacheOf(layout), layout.estimate ? 'an upper bound' : 'in fp8, on all machines')
  }
  if (facts.contextLimit !== null) {
    const tokens = facts.contextLimit.toLocaleString('en')
    note('Context', `${tokens} tokens`, 'what the model was made for')
  }
  note('Good for', facts.capabilities.join(', ') || 'not known', whyGoodFor(facts))
  return found
}

const formatOf = ({ quantization, isMoe }: ConfigFacts): string =>
  `${quantization === 'none' ? 'not quantized' : quantization}${isMoe ? ', mixture of experts' : ''}`

const NAMES = {
  full: 'full attention',
  window: 'sliding window',
  chunk: 'chunked attention',
  mla: 'latent attention',
  gdn: 'gated delta',
  mamba: 'Mamba',
  none: 'without cache',
} as const

const layersOf = ({ groups }: Layout): string =>
  groups
    .map((group) => {
      const size = group.kind === 'window' ? ` of ${group.window}` : ''
      return `${group.count} × ${NAMES[group.kind]}${size}`
    })
    .join(', ')

function cacheOf(layout: Layout): string {
  const fp8 = { elementBytes: 1 } as const
  const window = windowBytesPerToken(layout, fp8)
  const state = stateBytesPerSequence(layout, fp8)
  return [
    `${kb(bytesPerToken(layout, fp8))} per token`,
    ...(window > 0 ? [`${kb(window)} per token inside the window`] : []),
    ...(state > 0 ? [`${Math.round(state / 1e6)} MB per conversation`] : []),
  ].join(', ')
}

const kb = (bytes: number): string => `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`

function whyGoodFor({ architecture, capabilities, markers }: ConfigFacts): string {
  if (capabilities.includes('completion')) return `by ${architecture}, without a chat template`
  return `by ${architecture}${markers.includes('template') ? ', with a chat template' : ''}`
}
