import { cleanup, fireEvent, render, screen, waitFor } from '@solidjs/testing-library'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Acts } from '../../../ui/kit/Act.tsx'
import { fakeController, installDialogs } from '../../../ui/testing/dom.ts'
import { aPlan } from '../../../ui/testing/views.ts'
import type { ModelView } from '../views.ts'
import { SetupDialog } from './SetupDialog.tsx'
import { aModel, aRecipe } from './testing/models.ts'

const CHECK = 'POST /api/models/org--gemma-4/recipe/check?service=llm'
const good = {
  details: [],
  commands: [{ host: 'spark-1', command: './launch-cluster.sh exec vllm serve org/gemma-4' }],
  not_shown: null,
}

beforeAll(installDialogs)
afterEach(cleanup)

function show(answers: Parameters<typeof fakeController>[0], model: ModelView = aModel()) {
  const asked = fakeController(answers)
  let isClosed = false
  render(() => (
    <>
      <SetupDialog model={model} service="llm" onClose={() => (isClosed = true)} />
      <Acts />
    </>
  ))
  return { asked, isClosed: () => isClosed }
}

describe('settings being edited', () => {
  it('show the commands they lead to, and follow each change', async () => {
    const later = [{ host: 'spark-1', command: 'vllm serve --max-model-len 4096' }]
    const { asked } = show([
      { route: CHECK, json: good },
      { route: CHECK, json: { ...good, commands: later } },
    ])
    await screen.findByText(/exec vllm serve org\/gemma-4$/)
    fireEvent.input(screen.getByLabelText('Context length'), { target: { value: '4096' } })
    await screen.findByText('vllm serve --max-model-len 4096')
    expect(asked.at(-1)?.body).toEqual(aRecipe({ max_model_len: 4096 }))
    expect(asked.filter(({ method }) => method === 'PUT')).toEqual([])
  })

  it('show what is wrong at its field without being saved, and no commands meanwhile', async () => {
    const wrong = { details: [{ path: 'nodes', message: 'Expected integer' }], commands: [] }
    show([
      { route: CHECK, json: { ...wrong, not_shown: null } },
      { route: CHECK, json: good },
    ])
    await screen.findByText('Expected integer.')
    const field = screen.getByLabelText('Machines')
    expect(field.getAttribute('aria-invalid')).toBe('true')
    screen.getByText(/None to show: 1 field is not right yet/)
    fireEvent.input(field, { target: { value: '1' } })
    await waitFor(() => expect(field.getAttribute('aria-invalid')).toBeNull())
  })

  it('say why there are no commands where nothing can be loaded just now', async () => {
    show([{ route: CHECK, json: { ...good, commands: [], not_shown: 'spark-1 does not answer' } }])
    await screen.findByText(/None to show: spark-1 does not answer/i)
  })

  it('say whose they are when they came by a pattern', async () => {
    const match = { repo: 'org/gemma-4-fp8', glob: '*/gemma-4*' }
    show([{ route: CHECK, json: good }], aModel({ recipe_match: match }))
    await screen.findByText('org/gemma-4-fp8')
    screen.getByText('*/gemma-4*')
    expect(screen.queryByText(/Reset to shipped/)).toBeNull()
  })

  it('go back to the shipped ones only after what changes was read', async () => {
    const route = 'DELETE /api/models/org--gemma-4/recipe'
    const plan = aPlan({ confirm: 'Use the shipped settings', consequence: 'Machines: 2, 1 now.' })
    const { asked, isClosed } = show(
      [
        { route: CHECK, json: good, keep: true },
        { route: `${route}?dry_run=true`, json: plan },
        { route, json: {} },
      ],
      aModel({ recipe_source: 'override' }),
    )
    fireEvent.click(screen.getByText('Reset to shipped…'))
    await screen.findByText('Machines: 2, 1 now.')
    expect(asked.some(({ path }) => path === '/api/models/org--gemma-4/recipe')).toBe(false)
    fireEvent.click(screen.getByText('Use the shipped settings'))
    await waitFor(() => expect(isClosed()).toBe(true))
  })
})
