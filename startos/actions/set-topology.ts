import { topologyFile } from '../file-models/topology.ts'
import { i18n } from '../i18n/index.ts'
import { sdk } from '../sdk.ts'
import { MAX_BYTES, replaceTopology } from './replace-topology.ts'
import { result } from './result.ts'
import { STARTER } from './starter.ts'

const spec = sdk.InputSpec.of({
  text: sdk.Value.textarea({
    name: 'topology.yaml',
    description: i18n('Your machines and what runs on them; it is checked before it is kept'),
    required: true,
    default: null,
    minLength: 1,
    maxLength: MAX_BYTES,
    minRows: 16,
    maxRows: 40,
  }),
})

export const setTopology = sdk.Action.withInput(
  'set-topology',
  {
    name: i18n('Set topology'),
    description: i18n(
      'Describes your machines and services, or changes that. A text with mistakes is not kept; each is told with line, column and the way out',
    ),
    warning: null,
    allowedStatuses: 'any',
    group: i18n('Cluster'),
    visibility: 'enabled',
  },
  spec,
  async () => ({ text: (await topologyFile.read().once()) ?? STARTER }),
  async ({ effects, input: { text } }) => {
    const warnings = await replaceTopology(effects, text)
    return result(
      i18n('The topology is kept'),
      warnings === '' ? i18n('It is put in force at once; no model is stopped by it') : warnings,
    )
  },
)
