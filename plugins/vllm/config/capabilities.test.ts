import { expect, it } from 'vitest'
import { CONFIGS } from '../testing/configs.ts'
import { readFacts } from './config-facts.ts'

const dense = CONFIGS.dense

it.each<[string, object, { markers?: string[]; isPooled?: boolean }, string[]]>([
  ['a template makes it chat', dense, { markers: ['template', 'think'] }, ['chat']],
  ['without one it completes', dense, {}, ['completion']],
  ['a family whose format is code', CONFIGS.sparse, {}, ['chat']],
  ['pictures', { ...dense, vision_config: {} }, { markers: ['template'] }, ['chat', 'vision']],
  ['pictures by a token', { ...dense, image_token_id: 7 }, {}, ['completion', 'vision']],
  ['null is no part', { ...dense, vision_config: null, audio_config: null }, {}, ['completion']],
  [
    'parts of an omni model',
    { thinker_config: { audio_config: {}, vision_config: {}, text_config: dense } },
    { markers: ['template'] },
    ['chat', 'vision', 'audio'],
  ],
  ['an encoder', CONFIGS.encoder, {}, ['embedding']],
  ['a text encoder', { ...dense, architectures: ['XForTextEncoding'] }, {}, ['embedding']],
  ['a generator with pooling beside it', dense, { isPooled: true }, ['embedding']],
  ['a judge of pairs', { ...dense, architectures: ['XForSequenceClassification'] }, {}, ['rerank']],
  ['something else', { ...dense, architectures: ['XForImages'] }, {}, []],
])('%s', (_, config, beside, capabilities) => {
  expect(readFacts({ config: JSON.stringify(config), ...beside })?.capabilities).toEqual(
    capabilities,
  )
})
