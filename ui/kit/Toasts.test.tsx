import { render } from 'solid-js/web'
import { afterEach, expect, it } from 'vitest'
import { applyEvent } from '../live.ts'
import { Toasts } from './Toasts.tsx'

afterEach(() => document.body.replaceChildren())

it('shows what the controller has to tell, with the way out, until it is closed', () => {
  const dispose = render(() => <Toasts />, document.body)
  const notice = {
    ...{ at: '2026-03-03T12:00:00.000Z', subject: 'service:llm', code: 'MEMORY_FLOOR' },
    ...{ message: 'Gemma is stopped', hint: 'lower something' },
  }
  applyEvent({ type: 'notice', notice })
  const shown = () => document.querySelector('[role=status]')?.textContent
  expect(shown()).toContain('Gemma is stopped. Lower something.')
  document.querySelector<HTMLButtonElement>('[role=status] button')?.click()
  expect(shown()).toBe('')
  dispose()
  applyEvent({ type: 'notice', notice })
  expect(document.body.textContent).toBe('')
})
