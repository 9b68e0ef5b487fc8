import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { thorough } from '../../core/testing/thorough.ts'
import type { Finding } from './detect/index.ts'
import { ENTITY_TYPES } from './entity-types.ts'
import { fakeDetector } from './testing/fake-detector.ts'
import { createRig, refusalOf } from './testing/rig.ts'

const VALUES = [
  ...['Alice Smith', "Bob O'Neil", 'Zoë Müller', 'Иван', 'alice.smith@example.org'],
  ...['+49 151 2345678', 'sk-abcdefgh12345678', '4711 0815', 'Bluebird', 'pär-gården'],
]
const DENY = VALUES.slice(-3)
const escaped = (text: string): string => JSON.stringify(text).slice(1, -1)
const WRAPPERS: [name: string, wrap: (value: string) => string][] = [
  ['nothing', (v) => v],
  ['a sentence', (v) => `We met ${v}, who agreed.`],
  ['quotes', (v) => `"${v}" '${v}' “${v}” \`${v}\``],
  ['JSON', (v) => JSON.stringify({ a: v, b: [v] })],
  ['JSON in JSON', (v) => JSON.stringify({ a: JSON.stringify({ b: v }) })],
  ['markdown', (v) => `**${v}** _${v}_ [${v}](#x) | ${v} |\n> ${v}`],
  ['CSV', (v) => `id,who\n1,"${v}"\n2,${v}`],
  ['a log line', (v) => `2026-01-01T12:00:00Z INFO user=${v} ip=-`],
  [
    'a URL',
    (v) => `https://example.org/q?name=${encodeURIComponent(v)}&raw=${v.replace(/ /g, '+')}`,
  ],
  ['HTML', (v) => `<p title="${v}">${v}</p>`],
  ['code', (v) => `const who = '${escaped(v)}' // ${v}`],
  ['brackets', (v) => `(${v}) [${v}] {${v}} <${v}> [[${v}]]`],
  ['capitals', (v) => `${v} ${v.toUpperCase()} ${v.toLowerCase()}`],
  ['a transcript', (v) => `Speaker 1: ${v}\nSpeaker 2: ${v}?`],
  ['zero-width characters', (v) => `${v} and ${[...v].join('\u200b')}`],
  ['a line break', (v) => `${v} and ${v.replace(' ', '\n')}`],
  [
    'full width',
    (v) => `${v} and ${v.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0))}`,
  ],
  ['itself', (v) => `${v} ${v} ${v}`],
]
/** Letters and digits alone, as a reader who wants to know would compare. */
const folded = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')

describe('leak', () => {
  it.each(WRAPPERS)('no value gets out of %s', async (_, wrap) => {
    const rig = createRig({ settings: { deny: DENY } })
    for (const value of VALUES) {
      const text = wrap(value)
      const forms = {
        text: { text },
        messages: { messages: [{ role: 'user', content: text, name: value }] },
        parts: { messages: [{ role: 'user', content: [{ type: 'text', text }] }] },
        json: { json: { [value]: text, deep: [{ text }] } },
        tool: {
          messages: [
            {
              role: 'assistant',
              tool_calls: [
                { function: { name: 'f', arguments: JSON.stringify({ q: text, [value]: 1 }) } },
              ],
            },
          ],
        },
      }
      for (const given of Object.values(forms)) {
        const { handle, ...told } = await rig.scrub({ ...given, deny: DENY })
        expect(folded(JSON.stringify(told))).not.toContain(folded(value))
        const [content] = Object.values(given)
        const { json } = await rig.rehydrate({
          ...{ json: told.text ?? told.messages ?? told.json, handle },
          restore: ['SECRET', 'PERSON', 'EMAIL', 'PHONE', 'TERM', 'NUM', 'URL'],
        })
        expect(json).toEqual(content)
      }
    }
  })

  it('values side by side are all masked, however they touch', async () => {
    const rig = createRig()
    const mails = ['a@x.example', 'b@x.example', 'c@x.example']
    for (const between of [' ', ',', ';', '\n', '\t', ' , ', '/', '|', '><', '"', '  ']) {
      const { text = '', counts } = await rig.scrub({ text: mails.join(between) })
      expect(text).not.toMatch(/@|x\.example/)
      expect(counts.EMAIL ?? counts.URL).toBeGreaterThanOrEqual(1)
    }
  })

  it('overlapping findings leave no letter of any of them', async () => {
    const text = 'abcdefghij klmnop qrstuv wxyz'
    const range = fc.tuple(fc.nat(text.length - 1), fc.integer({ min: 1, max: 12 }))
    await fc.assert(
      fc.asyncProperty(fc.array(range, { minLength: 1, maxLength: 6 }), async (ranges) => {
        let looks = 0
        const detector = {
          detect: (given: string): Finding[] =>
            looks++ > 0
              ? []
              : ranges.map(([start, length]) => ({
                  ...{ start, end: Math.min(start + length, given.length) },
                  ...{ type: 'TERM', layer: 'rule' },
                })),
        }
        const rig = createRig({ detector })
        const { text: out = '', handle } = await rig.scrub({ text })
        const left = new Set(out.replace(/\[\[[A-Z]+\d+..\]\]/g, ' '))
        for (const [start, length] of ranges)
          for (const letter of text.slice(start, start + length).trim())
            if (letter !== ' ') expect(left.has(letter)).toBe(false)
        expect((await rig.rehydrate({ text: out, handle })).text).toBe(text)
      }),
      { numRuns: thorough(2_000, 300) },
    )
  })

  it('what was scrubbed is scrubbed again without a loss, and the same text gives the same', async () => {
    const rig = createRig({ settings: { deny: DENY } })
    for (const value of VALUES) {
      const text = `We met ${value}.`
      const first = await rig.scrub({ text })
      const again = await rig.scrub({ text, handle: first.handle })
      expect(again.text).toBe(first.text)
      const twice = await rig.scrub({ text: first.text ?? '' })
      const once = await rig.rehydrate({ text: twice.text ?? '', handle: twice.handle })
      expect(once.text).toBe(first.text)
    }
  })

  it('a session knows nothing of another, nor one token of the other’s', async () => {
    const rig = createRig()
    const alice = await rig.scrub({ text: 'Alice' }, 'crm')
    const bob = await rig.scrub({ text: 'Bob' }, 'crm')
    const mixed = `${alice.text} ${bob.text}`
    const { text } = await rig.rehydrate({ text: mixed, handle: bob.handle }, 'crm')
    expect(text).not.toContain('Alice')
    for (const token of ['agent', undefined]) {
      for (const work of [
        () => rig.rehydrate({ text: alice.text ?? '', handle: alice.handle }, token),
        () => rig.scrub({ text: 'Carol', handle: alice.handle }, token),
        () => rig.forget(alice.handle, token),
      ])
        expect(await refusalOf(work())).toMatchObject({ code: 'HANDLE_UNKNOWN', status: 404 })
    }
    expect(await rig.forget(alice.handle, 'crm')).toEqual({ deleted: true })
    expect(
      await refusalOf(rig.rehydrate({ text: 'x', handle: alice.handle }, 'crm')),
    ).toMatchObject({ code: 'HANDLE_UNKNOWN' })
  })

  it('nothing given in is in a log, an error, a metric, a figure, a note or the store', async () => {
    const broken = fakeDetector()
    let breaks = false
    const rig = createRig({
      settings: { deny: DENY },
      detector: {
        detect(text, context) {
          if (breaks) throw new Error(`cannot read "${text}"`)
          return broken.detect(text, context)
        },
      },
    })
    const secret = 'Alice Smith alice.smith@example.org Bluebird'
    const { text = '', handle } = await rig.scrub({ text: secret })
    await rig.rehydrate({ text, handle })
    breaks = true
    const failures = [
      await refusalOf(rig.scrub({ text: secret })),
      await refusalOf(rig.scrub({ text: secret, handle })),
      await refusalOf(rig.scrub({ json: { a: secret, data: 'data:image/png;base64,AAAA' } })),
      await refusalOf(rig.scrub({ text: secret, json: secret })),
      await refusalOf(rig.scrub({ messages: [secret] })),
    ]
    expect(failures[0]).toMatchObject({ code: 'SCRUB_FAILED', status: 503 })
    const health = await rig.running.probe(new AbortController().signal)
    const all = [
      failures,
      rig.logged,
      rig.notes,
      rig.running.metrics?.(),
      health,
      [...rig.store.rows],
    ]
    expect(rig.logged.length).toBeGreaterThan(0)
    expect(JSON.stringify(all)).not.toMatch(/alice|smith|bluebird|example\.org/i)
  })

  it('a detector that goes on finding is answered with nothing', async () => {
    let looks = 0
    const restless = createRig({
      detector: {
        // another letter at every look
        detect: (text) => {
          const at = text.search(/(?<![\w[])[a-z](?!\w)/)
          looks++
          return at === -1 ? [] : [{ start: at, end: at + 1, type: 'TERM', layer: 'residual' }]
        },
      },
    })
    const letters = 'a b c d e f g h i j k l m n o p'
    expect(await refusalOf(restless.scrub({ text: letters }))).toMatchObject({
      ...{ code: 'NOT_SETTLED', status: 422 },
    })
    expect(looks).toBeLessThan(letters.length)
  })

  it('a closed vault lets nothing out, and loses nothing', async () => {
    const rig = createRig()
    const { text = '', handle } = await rig.scrub({ text: 'Alice' })
    const key = rig.keyFile.bytes
    rig.keyFile.bytes = undefined
    rig.restart()
    expect(await refusalOf(rig.scrub({ text: 'Bob' }))).toMatchObject({ code: 'VAULT_CLOSED' })
    expect(await refusalOf(rig.rehydrate({ text, handle }))).toMatchObject({ status: 503 })
    expect(await rig.running.probe(new AbortController().signal)).toMatchObject({ state: 'down' })
    rig.keyFile.bytes = key
    rig.restart()
    expect((await rig.rehydrate({ text, handle })).text).toBe('Alice')
  })

  it('holds with the detector of the service itself', async () => {
    const rig = createRig({ detector: 'real' })
    const values = [
      ...['alice.smith@example.org', '4111 1111 1111 1111', 'GB82 WEST 1234 5698 7654 32'],
      ...['192.0.2.17'],
    ]
    for (const value of values)
      for (const [, wrap] of WRAPPERS.slice(0, 9)) {
        const text = wrap(value)
        const { text: out = '', handle } = await rig.scrub({ text })
        expect(folded(out)).not.toContain(folded(value))
        const back = await rig.rehydrate({ text: out, handle, restore: [...ENTITY_TYPES] })
        expect(back.text).toBe(text)
      }
    const json = { firstName: 'Grace', last_name: 'hope', city: 'Reading', gretaVossNotes: '' }
    const { json: out = {}, handle } = await rig.scrub({ json })
    expect(Object.keys(out as object)).toEqual([
      ...['firstName', 'last_name', 'city', expect.not.stringMatching(/greta|voss/i)],
    ])
    expect(JSON.stringify(out)).not.toMatch(/grace|hope|reading/i)
    expect((await rig.rehydrate({ json: out, handle })).json).toEqual(json)
    rig.stop()
  })
})
