import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MAX_TOPOLOGY_BYTES } from '../../core/topology/decode.ts'
import { IMAGE_USER } from '../facts.ts'
import { createEffects, type FakeEffects } from '../testing/effects.ts'
import { type RunCommand, useControllerAsImage } from '../testing/image.ts'
import { emptyVolumes, fileOf, startos } from '../testing/package.ts'

let fake: FakeEffects
let commands: RunCommand[]
beforeEach(() => {
  emptyVolumes()
  fake = createEffects()
  commands = useControllerAsImage()
})
afterEach(() => fake.leave())

/** Runs an action as StartOS does: the form is asked for first, then its answers are sent. */
async function run(id: string, input: unknown = {}) {
  const action = startos.actions.get(id as 'set-topology')
  const form = await action.getInput({ effects: fake.effects, prefill: null })
  const given = input as Parameters<typeof action.run>[0]['input']
  const done = await action.run({ effects: fake.effects, input: given })
  if (done?.version !== '1') throw new Error('an action answers in the form of today')
  return { form, done, shown: JSON.stringify(done) }
}

const read = (name: string, volume: 'main' | 'startos' = 'main') =>
  readFileSync(fileOf(volume, name), 'utf8')

describe('the password', () => {
  it('is kept, and shown once to be copied', async () => {
    const { done } = await run('set-dashboard-password', { password: 'correct-horse-9' })
    expect(JSON.parse(read('store.json', 'startos'))).toEqual({
      dashboardPassword: 'correct-horse-9',
    })
    expect(done.result).toMatchObject({
      type: 'group',
      value: [{ value: 'admin' }, { value: 'correct-horse-9', masked: true, copyable: true }],
    })
  })

  it.each([
    ['too short', 'short'],
    ['too long', 'x'.repeat(129)],
    ['with a space', 'twelve signs and'],
    ['with an accent', 'pässword-of-length'],
    ['with a line end', 'password-123\nx'],
  ])('%s is refused here too, since the form checks in the browser alone', async (_, password) => {
    await expect(run('set-dashboard-password', { password })).rejects.toThrow(/12 to 128/)
    expect(existsSync(fileOf('startos', 'store.json'))).toBe(false)
  })

  it('of another type does not get as far', async () => {
    await expect(run('set-dashboard-password', { password: 7 })).rejects.toThrow()
  })

  it('leaves what a newer version keeps in the store', async () => {
    writeFileSync(fileOf('startos', 'store.json'), '{ "later": [1] }')
    await run('set-dashboard-password', { password: 'correct-horse-9' })
    expect(JSON.parse(read('store.json', 'startos'))).toMatchObject({ later: [1] })
  })
})

/** What the form of the topology has in it when it opens. */
const offered = async () =>
  (await startos.actions.get('set-topology').getInput({ effects: fake.effects, prefill: null }))
    .value?.text

/** Sound, with a comment on each side of what is told as a warning. */
const GOOD = '# mine\ncluster: home\nhosts:\n  a: { address: box.lan } # left\nservices: {}\n'

describe('the topology', () => {
  it('begins as a text to fill in, then is what was kept', async () => {
    expect(await offered()).toContain('address: <spark-1-ip>')
    writeFileSync(fileOf('main', 'topology.yaml'), GOOD)
    expect(await offered()).toBe(GOOD)
  })

  it('that is sound is kept as it was sent, comments and all, and its warnings told', async () => {
    const { done } = await run('set-topology', { text: GOOD.replaceAll('\n', '\r\n') })
    expect(done.message).toMatch(/^4:.*hosts\.a\.address/)
    expect(read('topology.yaml')).toBe(GOOD)
    expect(statSync(fileOf('main', 'topology.yaml')).mode & 0o777).toBe(0o600)
    expect(readdirSync(fileOf('main', '.'))).toEqual(['topology.yaml'])
    // beside the file it replaces: what it names by relative paths has to be found
    expect(commands[1]?.command.at(-1)).toMatch(/^\/data\/\.incoming-[^/]+$/)
    expect(commands[0]).toEqual({ command: ['chown', '-R', IMAGE_USER, '/data'], user: 'root' })
    expect((await run('show-topology')).done.result).toMatchObject({ value: GOOD })
  })

  it('with mistakes is not kept: each is told with line, column and the way out', async () => {
    writeFileSync(fileOf('main', 'topology.yaml'), GOOD)
    const text = GOOD.replace('address', 'adress')
    const told = await run('set-topology', { text }).catch((error: Error) => error.message)
    expect(told).toMatch(/^Not kept; the text has mistakes:\n4:8 hosts\.a\.adress: .* — .*address/)
    expect(read('topology.yaml')).toBe(GOOD)
    expect(readdirSync(fileOf('main', '.'))).toEqual(['topology.yaml'])
  })

  it('may be as large as the controller takes it', async () => {
    const text = `${GOOD}# ${'x'.repeat(MAX_TOPOLOGY_BYTES - GOOD.length - 3)}\n`
    await run('set-topology', { text })
    expect(read('topology.yaml')).toBe(text)
  })

  it.each([
    ['empty', ' \n', /empty/],
    ['too large', `# ${'é'.repeat(66_000)}`, /128 KiB/],
  ])('that is %s does not get as far as the parser', async (_, text, why) => {
    await expect(run('set-topology', { text })).rejects.toThrow(why)
    expect(commands).toEqual([])
  })

  it('cannot be shown where there is none', async () => {
    await expect(run('show-topology')).rejects.toThrow(/no topology yet/)
  })
})

describe('the SSH key', () => {
  beforeEach(() => {
    mkdirSync(fileOf('main', 'ssh'))
    writeFileSync(fileOf('main', 'ssh/known_hosts'), 'known')
  })
  const putKey = () => {
    writeFileSync(fileOf('main', 'ssh/id_ed25519'), 'PRIVATE-HALF', { mode: 0o600 })
    writeFileSync(fileOf('main', 'ssh/id_ed25519.pub'), 'ssh-ed25519 AAAA spark-control\n')
  }

  it('is shown by its public half alone', async () => {
    putKey()
    const { done, shown } = await run('show-ssh-key')
    expect(done.result).toMatchObject({
      value: 'ssh-ed25519 AAAA spark-control',
      masked: false,
      copyable: true,
    })
    expect(shown).not.toContain('PRIVATE-HALF')
  })

  it.each(['show-ssh-key', 'rotate-ssh-key'])(
    '%s says that the first start makes it',
    async (id) => {
      await expect(run(id)).rejects.toThrow(/made when the service starts/)
    },
  )

  it('is replaced by removing both halves, which leaves a task; known hosts stay', async () => {
    putKey()
    await run('rotate-ssh-key')
    expect(readdirSync(fileOf('main', 'ssh'))).toEqual(['known_hosts'])
    expect(fake.calls('action.createTask')).toEqual([
      expect.objectContaining({ actionId: 'show-ssh-key', severity: 'important' }),
    ])
  })
})

it('a reset removes the simulated cluster and nothing else', async () => {
  mkdirSync(fileOf('main', 'sandbox/controller'), { recursive: true })
  writeFileSync(fileOf('main', 'sandbox/controller/state.db'), 'x')
  writeFileSync(fileOf('main', 'topology.yaml'), GOOD)
  await run('reset-sandbox')
  expect(readdirSync(fileOf('main', '.'))).toEqual(['topology.yaml'])
  await run('reset-sandbox') // where there is none it is as well
})

describe('recipes', () => {
  const RECIPE = '# mine\ntitle: Mine\nrepo: Alice/Small\nnodes: 1\ngpu_memory_utilization: 0.5\n'
  const send = (recipes: unknown[], kind: string | null = null) =>
    run('import-recipes', { recipes, kind })
  const kept = () =>
    existsSync(fileOf('main', 'recipes'))
      ? readdirSync(fileOf('main', 'recipes'), { recursive: true, encoding: 'utf8' })
      : []

  it('are kept as they were sent', async () => {
    const { done } = await send([{ key: 'Alice--Small', text: RECIPE }])
    const [file = ''] = kept().filter((name) => name.endsWith('.yaml'))
    expect(read(`recipes/${file}`)).toBe(RECIPE)
    expect(done.message).toBe('Alice--Small')
    expect(readdirSync(fileOf('main', '.'))).toEqual(['recipes'])
  })

  it('are kept all or none, and what is wrong with one is told', async () => {
    const bad = { key: 'Bob--Big', text: RECIPE.replace('1', 'many') }
    await expect(send([{ key: 'Alice--Small', text: RECIPE }, bad])).rejects.toThrow(
      /Nothing was kept: Bob--Big\.yaml: .*nodes/,
    )
    expect(kept()).toEqual([])
  })

  const one = (key: string, text = RECIPE) => [{ key, text }]
  it.each([
    ['none', [], null, /1 to 50/],
    [
      'too many',
      Array.from({ length: 51 }, (_, n) => ({ key: `k${n}`, text: RECIPE })),
      null,
      /50/,
    ],
    ['a key that is a path', one('../topology'), null, /A key may have/],
    ['a key that climbs', one('a..b'), null, /A key may have/],
    ['a key that is an option', one('--data'), null, /A key may have/],
    ['a key twice', [...one('a'), ...one('a')], null, /twice: a/],
    ['an empty one', one('a', ' '), null, /256 KiB: a/],
    ['one that is too large', one('a', 'x'.repeat(262_145)), null, /256 KiB: a/],
    ['a kind that is an option', one('a'), '--data', /The kind may have/],
  ])('%s do not get as far as the container', async (_, recipes, kind, why) => {
    await expect(send(recipes, kind)).rejects.toThrow(why)
    expect(commands).toEqual([])
    expect(kept()).toEqual([])
  })
})
