import { cleanup, fireEvent, render, screen, waitFor } from '@solidjs/testing-library'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { fakeController, installDialogs } from '../../../ui/testing/dom.ts'
import type { ImportView } from '../import/views.ts'
import { ImportDialog } from './ImportDialog.tsx'
import { aRecipe } from './testing/models.ts'

const IMPORT = 'POST /api/models/import'
const CHECK = 'POST /api/models/org--gemma-4/recipe/check'
const PUT = 'PUT /api/models/org--gemma-4/recipe'
const read = (more: Partial<ImportView> = {}): ImportView => ({
  key: 'org--gemma-4',
  recipe: aRecipe({ args: ['--seed', '1'], env: { VLLM_A: '1' } }),
  replaces: 'shipped',
  mistakes: [],
  warnings: [{ line: 5, message: 'model says another' }],
  dropped: [{ line: 9, what: '--port 8000', because: 'the service listens elsewhere' }],
  translated: [{ line: 8, from: '-tp 1', to: 'tensor_parallel: 1' }],
  ...more,
})
const checked = {
  details: [],
  commands: [{ host: 'spark-1', command: 'serve it' }],
  not_shown: null,
}

beforeAll(installDialogs)
afterEach(cleanup)

function show(answers: Parameters<typeof fakeController>[0]) {
  const asked = fakeController(answers)
  let isClosed = false
  render(() => <ImportDialog service={undefined} onClose={() => (isClosed = true)} />)
  return { asked, isClosed: () => isClosed, field: screen.getByLabelText('Recipe file') }
}

describe('importing a recipe', () => {
  it('shows what the pasted file becomes, then saves that and nothing before', async () => {
    const { asked, isClosed, field } = show([
      { route: IMPORT, json: read() },
      { route: CHECK, json: checked },
      { route: PUT, json: {} },
    ])
    fireEvent.input(field, { target: { value: 'name: x' } })
    await screen.findByText('Model says another.', { exact: false })
    screen.getByText('--port 8000')
    screen.getByText(/The service listens elsewhere\./)
    screen.getByText(/gpu_memory_utilization: 0\.7/)
    screen.getByText(/count instead of the settings that came with/)
    await screen.findByText('serve it')
    expect(asked.map(({ method }) => method)).not.toContain('PUT')
    fireEvent.click(screen.getByText('Save as settings of Gemma 4 26B'))
    await waitFor(() => expect(isClosed()).toBe(true))
    expect(asked.at(-1)?.body).toEqual(read().recipe)
  })

  it('shows every mistake with its line and offers nothing to save', async () => {
    const mistakes = [
      { line: 3, message: 'container is missing' },
      { line: 7, message: '{port} has no value in defaults' },
    ]
    const { field } = show([{ route: IMPORT, json: read({ key: null, recipe: null, mistakes }) }])
    fireEvent.input(field, { target: { value: 'name: x' } })
    await screen.findByText('It cannot be imported yet: 2 mistakes.')
    expect(screen.getByText(/Line 7:/).textContent).toContain('{port} has no value')
    expect(screen.queryByText(/^Save as/)).toBeNull()
  })

  it('begins in the field, where a file is pasted', async () => {
    const { field } = show([])
    await waitFor(() => expect(document.activeElement).toBe(field))
  })

  it('takes a dropped file, unless it is too large', async () => {
    const { asked, field } = show([
      { route: IMPORT, json: read() },
      { route: CHECK, json: checked },
    ])
    const drop = (file: File) =>
      fireEvent.drop(field, { dataTransfer: { files: [file], getData: () => '' } })
    drop(new File(['x'.repeat(70_000)], 'big.yaml'))
    await screen.findByText(/big.yaml is larger than 64 KiB/i)
    drop(new File(['name: dropped'], 'small.yaml'))
    await screen.findByText('--port 8000')
    expect(asked[0]?.body).toEqual({ text: 'name: dropped' })
    expect(screen.queryByText(/is larger than/)).toBeNull()
  })
})
