import { cleanup, fireEvent, render, screen, waitFor } from '@solidjs/testing-library'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { MachineView } from '../../core/discover/look-at-machine.ts'
import { fakeController, installDialogs } from '../testing/dom.ts'
import AddMachines from './AddMachines.tsx'

beforeAll(installDialogs)
afterEach(cleanup)

const ref = { address: '192.168.1.101', user: 'alice', port: 22 }
const machine = (
  host: Partial<MachineView['host']>,
  more: Partial<MachineView> = {},
): MachineView => ({
  ...ref,
  host: {
    ...{ id: ref.address, address: ref.address, state: 'ok', checked_at: null },
    ...{ round_trip_ms: null, figures: null },
    ...host,
  },
  ...{ containers: [], container_runtime: 'docker', runtime_trouble: null, services: [] },
  ...more,
})

const fill = () => {
  fireEvent.input(screen.getByLabelText('Address'), { target: { value: ' 192.168.1.101 ' } })
  fireEvent.input(screen.getByLabelText('User'), { target: { value: 'alice' } })
  fireEvent.click(screen.getByText('Look at it'))
}

describe('adding machines', () => {
  it('goes from an address over its key to a topology', async () => {
    const key = { host_key: { offered: 'SHA256:abc' } }
    const asked = fakeController([
      { route: 'POST /api/discover', json: machine({ state: 'key_unknown', ...key }) },
      {
        route: 'POST /api/discover',
        json: machine(
          {},
          { services: [{ kind: 'vllm', title: 'Language model', port: 8888, keys: {} }] },
        ),
      },
      { route: 'POST /api/discover/topology', json: { text: 'cluster: mine' } },
    ])
    render(() => <AddMachines />)
    expect((screen.getByText('Look at it') as HTMLButtonElement).disabled).toBe(true)
    fill()
    await screen.findByText('It is not trusted yet.')
    fireEvent.click(screen.getByText('It is my machine: trust it'))
    await screen.findByText('Language model on port 8888')
    await screen.findByText('cluster: mine')
    expect(asked.map(({ body }) => body)).toMatchObject([ref, { ...ref, trust: 'SHA256:abc' }, {}])
    fireEvent.click(screen.getByText('Leave it out'))
    await waitFor(() => expect(screen.queryByText('cluster: mine')).toBeNull())
  })

  it('says in plain words why a machine cannot be looked into', async () => {
    const error = {
      code: 'HOST_AUTH_FAILED',
      message: 'it does not let alice in',
      hint: 'add the key',
    }
    fakeController([{ route: 'POST /api/discover', json: machine({ state: 'denied', error }) }])
    render(() => <AddMachines />)
    fill()
    await screen.findByText('It does not let alice in.')
    screen.getByText('Add the key.')
    expect(screen.queryByText('3. Write them down')).toBeNull()
  })
})
