import { cleanup, fireEvent, render, screen } from '@solidjs/testing-library'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { fakeController, installDialogs } from '../testing/dom.ts'
import { aService } from '../testing/views.ts'
import { Acts } from './Act.tsx'
import SourceVersionFacts from './SourceVersionFacts.tsx'

beforeAll(installDialogs)
afterEach(cleanup)

const change = { commit: 'bbbbbbbb22', committed_at: null, subject: 'fix reconnect' }
const version = {
  ...{ commit: 'aaaaaaaa11', committed_at: '2026-03-01T12:00:00.000Z', subject: 'first' },
  ...{ branch: 'main', behind: 1, changes: [change], fetched_at: null },
}
const show = (json: unknown) => {
  const asked = fakeController([{ route: 'GET /api/speech/version', json, keep: true }])
  const service = aService()
  const { container } = render(() => <SourceVersionFacts service={service} isDetailed />)
  return { asked, container }
}

describe('the version of a service', () => {
  it('says how far it is behind and by what, and updates after the plan was shown', async () => {
    const { asked } = show({ version, fetch_error: null })
    expect(await screen.findByText(/behind by 1 change/)).toBeTruthy()
    expect(screen.getByText('fix reconnect', { exact: false })).toBeTruthy()
    render(() => <Acts />)
    fireEvent.click(screen.getByRole('button', { name: 'Update' }))
    await screen.findByRole('dialog')
    expect(asked.at(-1)?.path).toBe('/api/speech/update?dry_run=true')
  })

  it('that is the newest can be looked after', async () => {
    show({ version: { ...version, behind: 0, changes: [] }, fetch_error: null })
    expect(await screen.findByText(/the newest of main/)).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Look for an update' })).toBeTruthy()
  })

  it('says why the last look for something new failed, with the way out', async () => {
    const fetch_error = { code: 'UPDATE_KEY_REFUSED', message: 'no', hint: 'IdentitiesOnly yes' }
    show({ version, fetch_error })
    expect(await screen.findByText(/IdentitiesOnly yes/)).toBeTruthy()
  })

  it('is not there where no source was given', async () => {
    const { container, asked } = show({ version: null, fetch_error: null })
    await expect.poll(() => asked.length).toBe(1)
    await expect.poll(() => container.querySelector('button, .notice, .skeleton')).toBeNull()
  })
})
