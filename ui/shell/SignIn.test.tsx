import { cleanup, fireEvent, render, screen } from '@solidjs/testing-library'
import { afterEach, expect, it, vi } from 'vitest'
import { call } from '../client.ts'
import { isSignedOut } from '../signed-out.ts'
import SignIn from './SignIn.tsx'

afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})
const refused = { error: { code: 'UNAUTHENTICATED', message: 'There is no such token.' } }
const answer = (status: number, body: unknown) => {
  const fetched = vi.fn(async (_path: string, _init: RequestInit) =>
    Response.json(body, { status }),
  )
  vi.stubGlobal('fetch', fetched)
  return fetched
}
const submit = async (token: string) => {
  fireEvent.input(await screen.findByLabelText('Token'), { target: { value: token } })
  fireEvent.submit(screen.getByRole('button', { name: 'Sign in' }))
}

it('a token that is refused is told where it was typed', async () => {
  answer(401, refused)
  render(() => <SignIn />)
  await submit('sc_wrong')
  expect(await screen.findByText('There is no such token.')).toBeTruthy()
  expect(isSignedOut()).toBe(false)
})

it('a token that is taken is sent without what was pasted around it, and the page loads anew', async () => {
  const fetched = answer(200, { name: 'alice' })
  const reload = vi.fn()
  vi.stubGlobal('location', { reload })
  render(() => <SignIn />)
  await submit(' sc_right\n')
  await vi.waitFor(() => expect(reload).toHaveBeenCalled())
  expect(fetched.mock.calls[0]?.[1].body).toBe('{"token":"sc_right"}')
})

it('any answer of 401 says that this browser is signed out', async () => {
  answer(401, refused)
  await expect(call('GET /api/hosts')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  expect(isSignedOut()).toBe(true)
})
