import { describe, expect, it } from 'vitest'
import { type DeleteState, type PlacedModel, planDelete } from './delete-plan.ts'

const placed = (host: string, change: Partial<PlacedModel> = {}): PlacedModel => ({
  place: { host, source: 'hf-cache', parent: '/home/u/hub', name: 'models--Org--Big' },
  runtime: 'docker',
  images: ['vllm-node'],
  sizeBytes: 118e9,
  isForeign: false,
  sharedWith: null,
  ...change,
})

const plan = (change: Partial<DeleteState> = {}) =>
  planDelete({
    key: 'Org--Big',
    title: 'Big 235B',
    places: [placed('spark-1'), placed('spark-2')],
    away: [],
    lastUsedAtS: 1_700_000_000,
    nowMs: 1_700_000_000_000 + 41.5 * 86_400_000,
    bytesPerS: null,
    hasOverride: false,
    ...change,
  })

describe('the plan of a deletion', () => {
  it('says where, how much, since when unused, how to get it back, and that it is for good', () => {
    const shown = plan({ bytesPerS: 12.3e6, hasOverride: true })
    expect(shown.title).toBe('Delete Big 235B from both machines?')
    expect(shown.confirm).toBe('Delete 236 GB')
    expect(shown.consequence.split('\n')).toEqual([
      'Frees 118 GB on spark-1 and 118 GB on spark-2.',
      'It is not loaded; last used 41 days ago.',
      'Getting it back means downloading 118 GB (about 2 h 40 min at your last speed).',
      'Your settings for it are kept.',
    ])
    expect(shown.irreversible).toBeDefined()
    expect(shown.holds).toEqual(['model:Org--Big'])
  })

  it('counts a disk two hosts see once', () => {
    const shown = plan({
      places: [placed('spark-1'), placed('spark-2', { sharedWith: 'spark-1' })],
    })
    expect(shown.confirm).toBe('Delete 118 GB')
    expect(shown.consequence).toContain(
      'Frees 118 GB on spark-1. spark-2 sees the same disk as spark-1, so it is gone from there too.',
    )
  })

  it('shows the container that removes what root wrote, and only where it will be needed', () => {
    const { commands } = plan({
      places: [placed('spark-1', { isForeign: true }), placed('spark-2')],
    })
    const plain = 'rm -rf -- /home/u/hub/models--Org--Big /home/u/hub/.locks/models--Org--Big'
    expect(commands).toEqual([
      { host: 'spark-1', command: plain },
      {
        host: 'spark-1',
        command:
          'docker run --rm --pull never --network none --user 0 --entrypoint rm -v /home/u/hub:/h vllm-node -rf -- /h/models--Org--Big /h/.locks/models--Org--Big',
      },
      { host: 'spark-2', command: plain },
    ])
  })

  it('of a folder of the owner’s own names the folder and promises no way back', () => {
    const place = {
      host: 'spark-1',
      source: 'local',
      parent: '/data/models',
      name: 'mine',
    } as const
    const shown = plan({ places: [placed('spark-1', { place })] })
    expect(shown.title).toBe('Delete Big 235B from spark-1?')
    expect(shown.consequence).toContain('On spark-1 it is the folder /data/models/mine.')
    expect(shown.consequence).toContain('Spark Control cannot get it back')
    expect(shown.commands).toEqual([{ host: 'spark-1', command: 'rm -rf -- /data/models/mine' }])
  })

  it('says which host keeps its copy because it does not answer', () => {
    expect(plan({ places: [placed('spark-1')], away: ['spark-2'] }).consequence).toContain(
      'spark-2 does not answer, so what is there stays: delete it again when it answers.',
    )
  })
})
