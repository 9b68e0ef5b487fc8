import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PlanView } from '../../views.ts'
import { hostileStrings } from '../hostile-strings.ts'
import { startTestCluster, type TestCluster } from '../test-cluster.ts'

const REPO = 'nvidia/Gemma-4-26B-A4B-NVFP4'
const KEY = REPO.replace('/', '--')
const JSON_VALUE = `{"method":"mtp","note":"it's $(touch canary)"}`
const FILE = `recipe_version: "1"
name: Gemma 4
container: vllm-node
defaults:
  tensor_parallel: 1
  gpu_memory_utilization: 0.7
command: |
  vllm serve ${REPO} \\
    -tp {tensor_parallel} --gpu-memory-utilization {gpu_memory_utilization} \\
    --hf-overrides '${JSON_VALUE.replace('{', '{{').replace('}', '}}').replace("'", `'"'"'`)}'
`

interface Imported {
  key: string | null
  recipe: Record<string, unknown> | null
  mistakes: { line: number; message: string }[]
}

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster()
})
afterAll(() => cluster?.close())

const read = (text: string) => cluster.post<Imported>('/api/models/import', { text })

describe('an imported recipe', () => {
  it('is shown, saved and launched as one and the same, word for word', async () => {
    const { recipe, mistakes } = (await read(FILE)).body
    expect(mistakes).toEqual([])
    expect(recipe?.args).toEqual(['--hf-overrides', JSON_VALUE])

    type Commands = Pick<PlanView, 'commands'>
    const shown = await cluster.post<Commands>(
      `/api/models/${KEY}/recipe/check?service=llm`,
      recipe,
    )
    const saving = { method: 'PUT', body: recipe }
    expect((await cluster.ask(`/api/models/${KEY}/recipe`, saving)).status).toBe(200)
    const swap = { model: REPO, service: 'llm' }
    const plan = await cluster.post<Commands>('/api/swap?dry_run=true', swap)
    expect(shown.body.commands).toEqual(plan.body.commands)
    expect(shown.body.commands.length).toBeGreaterThan(0)

    const { body } = await cluster.post<{ job: { id: string } }>('/api/swap', swap)
    expect((await cluster.ended(body.job)).state).toBe('succeeded')
    const launch = cluster.commands().findLast(({ args }) => args.includes('serve'))
    expect(launch?.args).toContain(JSON_VALUE)
  })

  it('is forgotten again for the shipped one, which says first what changes', async () => {
    const path = `/api/models/${KEY}/recipe`
    const plan = await cluster.ask<PlanView>(`${path}?dry_run=true`, { method: 'DELETE', body: {} })
    expect(plan.body.consequence).toMatch(/Context length becomes 131072; none is set now/)
    const reset = await cluster.ask<{ recipe: object }>(path, { method: 'DELETE', body: {} })
    expect(reset.body.recipe).toMatchObject({ title: 'Gemma 4 26B', tool_parser: 'gemma4' })
  })

  it('made of hostile words is answered, never run', async () => {
    const canary = join(cluster.dataDir, 'import-canary')
    const words = hostileStrings(canary, 'import-canary', 500).filter((_, at) => at % 7 === 0)
    for (const word of words) {
      for (const text of [
        word,
        FILE.replace(REPO, word),
        FILE.replace('-tp', `${word} -tp`),
        FILE.replace(
          'name: Gemma 4',
          `name: ${JSON.stringify(word)}\nenv: {VLLM_X: ${JSON.stringify(word)}}`,
        ),
      ]) {
        const { status, body } = await read(text)
        expect([200, 400], word).toContain(status)
        if (status !== 200) continue
        expect(body.recipe === null, word).toBe(body.mistakes.length > 0)
      }
    }
    expect(existsSync(canary)).toBe(false)
  })

  it('larger than 64 KiB is refused', async () => {
    expect((await read(`# ${'x'.repeat(65_536)}`)).status).toBe(400)
  })
})
