// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from '@solidjs/testing-library'
import { afterEach, expect, it } from 'vitest'
import RedactionPage from './RedactionPage.tsx'

const original = globalThis.fetch
afterEach(() => {
  globalThis.fetch = original
  cleanup()
})

const asked: string[] = []
const serve = (answers: Record<string, [status: number, body: unknown]>) => {
  asked.length = 0
  globalThis.fetch = async (path, { method } = {}) => {
    asked.push(`${method} ${String(path)}`)
    const [status, body] = answers[`${method} ${String(path)}`] ?? [404, {}]
    return new Response(JSON.stringify(body), { status })
  }
}
const handle = 'A'.repeat(22)
const placeholder = '[[PERSON1K7]]'

async function paste(text: string): Promise<void> {
  fireEvent.input(screen.getByLabelText('Text'), { target: { value: text } })
  fireEvent.click(screen.getByRole('button', { name: 'Show what is masked' }))
}

it('shows what was found, what goes out and what comes back, and keeps no session', async () => {
  serve({
    'POST /scrub': [
      200,
      {
        ...{ text: `Dear ${placeholder}`, handle, counts: { PERSON: 1 } },
        spans: [{ type: 'PERSON', start: 5, end: 10, placeholder, layer: 'tagger' }],
      },
    ],
    'POST /rehydrate': [200, { text: 'Dear Alice', exact: 1, tolerant: 0, unresolved: 0 }],
    [`DELETE /scrub/${handle}`]: [200, { deleted: true }],
  })
  render(() => <RedactionPage />)
  await paste('Dear Alice')
  const found = await screen.findByLabelText('Your text')
  expect(found.querySelector('mark')?.textContent).toBe('Aliceperson')
  expect(screen.getByLabelText('The text that goes out').textContent).toBe(`Dear ${placeholder}`)
  expect(screen.getByText('The name finder')).toBeTruthy()
  expect(screen.getByText('Exactly your text.')).toBeTruthy()
  expect(asked).toEqual(['POST /scrub', 'POST /rehydrate', `DELETE /scrub/${handle}`])
})

it('says when the local model did not take part', async () => {
  serve({
    'POST /scrub': [200, { text: 'hi', handle, counts: {}, spans: [], is_without_model: true }],
    'POST /rehydrate': [200, { text: 'hi', exact: 0, tolerant: 0, unresolved: 0 }],
  })
  render(() => <RedactionPage />)
  await paste('hi')
  expect(await screen.findByText(/local model did not answer/)).toBeTruthy()
})

it('says why nothing was let out', async () => {
  const error = { code: 'BINARY_REFUSED', message: 'It holds a picture.', details: [] }
  serve({ 'POST /scrub': [422, { error }] })
  render(() => <RedactionPage />)
  await paste('data:image/png;base64,AAAA')
  expect(await screen.findByText(/It holds a picture/)).toBeTruthy()
  expect(screen.queryByLabelText('The text that goes out')).toBeNull()
})
