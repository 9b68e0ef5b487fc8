import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { thorough } from '../../../core/testing/thorough.ts'
import { createRig, refusalOf } from '../testing/rig.ts'

const all = ['PERSON', 'EMAIL', 'URL', 'PHONE', 'SECRET', 'NUM', 'TERM'] as const

describe('scrubbing', () => {
  it('puts placeholders in place of values and says where, never what', async () => {
    const rig = createRig()
    const text = 'Alice Smith <alice@example.org> called +49 151 2345678.'
    const { text: out, counts, spans, handle } = await rig.scrub({ text })
    expect(out).toMatch(/^\[\[PERSON1..\]\] <\[\[EMAIL2..\]\]> called \[\[PHONE3..\]\]\.$/)
    expect(counts).toEqual({ PERSON: 1, EMAIL: 1, PHONE: 1 })
    expect(spans.map(({ type, start, end }) => [type, text.slice(start, end)])).toEqual([
      ['PERSON', 'Alice Smith'],
      ['EMAIL', 'alice@example.org'],
      ['PHONE', '+49 151 2345678'],
    ])
    expect(JSON.stringify(spans)).not.toMatch(/alice|smith|151/i)
    expect(await rig.rehydrate({ text: out ?? '', handle })).toEqual({
      ...{ text, exact: 3, tolerant: 0, unresolved: 0 },
    })
  })

  it('means the same by a placeholder in every turn of a session', async () => {
    const rig = createRig()
    const first = await rig.scrub({ text: 'Alice wrote to Bob.' })
    rig.restart()
    const second = await rig.scrub({ text: 'Bob answered Carol and Alice.', handle: first.handle })
    const [alice, bob] = first.spans.map(({ placeholder }) => placeholder)
    expect(second.spans.map(({ placeholder }) => placeholder)).toEqual([
      ...[bob, expect.stringMatching(/^\[\[PERSON3/), alice],
    ])
    expect(second.handle).toBe(first.handle)
  })

  it('numbers requests of a session that come at once one after the other', async () => {
    const rig = createRig()
    const { handle } = await rig.scrub({ text: 'Alice' })
    const texts = Array.from({ length: 20 }, (_, n) => `write to user${n}@example.org`)
    const done = await Promise.all(texts.map((text) => rig.scrub({ text, handle })))
    expect(new Set(done.map(({ text }) => text)).size).toBe(20)
    for (const [n, { text }] of done.entries())
      expect((await rig.rehydrate({ text: text ?? '', handle })).text).toBe(texts[n])
  })

  it('walks messages: roles stay, parts, names and arguments of tools do not', async () => {
    const rig = createRig()
    const messages = [
      { role: 'system', content: 'You help Alice.' },
      { role: 'user', name: 'Bob', content: [{ type: 'text', text: 'mail carol@example.org' }] },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          {
            ...{ id: 'call_1', type: 'function' },
            function: {
              name: 'send_mail',
              arguments: '{"to":"carol@example.org","n":4711,"quote":"Alice \\"\\u0041lice\\""}',
            },
          },
        ],
      },
      { role: 'tool', tool_call_id: 'call_1', content: '{"ok":true,"by":"Alice"}' },
    ]
    const { messages: out, handle, spans } = await rig.scrub({ messages })
    const told = JSON.stringify(out)
    expect(told).not.toMatch(/alice|bob|carol|4711|\\u0041/i)
    expect(told).toContain('"role":"assistant"')
    const [, user, call] = out as [
      unknown,
      { name: string },
      { tool_calls: { function: { arguments: string; name: string } }[] },
    ]
    expect(user.name).toMatch(/^PERSON\d+..$/)
    expect(call.tool_calls[0]?.function.name).toBe('send_mail')
    expect(JSON.parse(call.tool_calls[0]?.function.arguments ?? '')).toHaveProperty('n')
    expect(spans.find(({ type }) => type === 'EMAIL')?.pointer).toBe('/1/content/0/text')
    const back = await rig.rehydrate({ json: out, handle })
    expect(back.json).toEqual(messages)
  })

  it('walks any JSON: keys, numbers and texts, quoting none of them in a pointer', async () => {
    const rig = createRig()
    const json = {
      'alice@example.org': { phone: 4915123456, on: true, none: null, list: ['Bob', 7, 1234.5] },
      password: 'hunter2',
      plain: ['nothing', 3],
    }
    const { json: out, spans, handle } = await rig.scrub({ json })
    expect(JSON.stringify([out, spans])).not.toMatch(/alice|bob|hunter2|4915|1234/i)
    expect(out).toMatchObject({ plain: ['nothing', 3] })
    const back = await rig.rehydrate({ json: out, handle, restore: [...all] })
    expect(back.json).toEqual(json)
    const kept = await rig.rehydrate({ json: out, handle })
    expect(kept.json).toMatchObject({ password: expect.stringMatching(/^\[\[SECRET/) })
  })

  it('masks a value wherever it stands again, however it is spelled', async () => {
    const rig = createRig()
    const { text } = await rig.scrub({
      text: 'Alice Smith. ALICE SMITH, alice-smith, alicesmith99 and a\u200blice smith.',
    })
    expect(text).not.toMatch(/smith/i)
    const json = await rig.scrub({ json: { note: 'Bob is here', id: 'say BOB', bob: 1 } })
    expect(JSON.stringify(json.json)).not.toMatch(/bob/i)
  })

  it('masks what looks like a placeholder, so that nothing is restored that was not masked', async () => {
    const rig = createRig()
    const { handle, text: first = '' } = await rig.scrub({ text: 'Alice' })
    for (const text of [first, '[[PERSON1K7]]', `x ${first.slice(2, -2)} y`, '[[person 9zz]]']) {
      const { text: out = '' } = await rig.scrub({ text: `Say ${text} now`, handle })
      expect(out).not.toContain(text)
      expect((await rig.rehydrate({ text: out, handle })).text).toBe(`Say ${text} now`)
    }
  })

  it('refuses pictures, sound and data URLs, or blanks them', async () => {
    const data = `data:image/png;base64,${'iVBORw0KGgo'.repeat(9)}`
    const inputs = [
      { text: `See ${data}` },
      { json: { a: [data] } },
      { json: { b64_json: 'AAAA' } },
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: data } }] }] },
      {
        messages: [
          { role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'UklG' } }] },
        ],
      },
      { text: Buffer.alloc(600, 7).toString('base64') },
    ]
    for (const input of inputs) {
      const rig = createRig()
      expect(await refusalOf(rig.scrub(input))).toMatchObject({
        code: 'BINARY_REFUSED',
        status: 422,
      })
      const blank = createRig({ settings: { binary: 'blank' } })
      const { handle, spans: _, counts: __, ...out } = await blank.scrub(input)
      expect(JSON.stringify(out)).not.toMatch(/iVBOR|UklG|AAAA|BwcH/)
      const [given] = Object.values(out)
      const back = await blank.rehydrate({ json: given, handle })
      expect(back.json).toEqual(Object.values(input)[0])
    }
  })

  it('refuses what it cannot carry: too deep, too large, rounded numbers', async () => {
    const rig = createRig({ settings: { max_bytes: 1_024 } })
    const deep = Array.from({ length: 150 }).reduce((inner) => [inner], 'Alice' as unknown)
    expect(await refusalOf(rig.scrub({ json: deep }))).toMatchObject({ code: 'TOO_DEEP' })
    expect(await refusalOf(rig.scrub({ text: 'a '.repeat(1_000) }))).toMatchObject({
      ...{ code: 'PAYLOAD_TOO_LARGE', status: 413 },
    })
    expect(await refusalOf(rig.scrub({ json: { n: 2 ** 60 } }))).toMatchObject({
      code: 'NUMBER_UNSAFE',
    })
    expect(await refusalOf(rig.scrub({}))).toMatchObject({ code: 'VALIDATION' })
    expect(await refusalOf(rig.scrub({ text: 'a', json: 1 }))).toMatchObject({ code: 'VALIDATION' })
  })

  it('keeps nothing of what it refused', async () => {
    const rig = createRig()
    await refusalOf(rig.scrub({ text: 'Alice data:image/png;base64,AAAA' }))
    expect(rig.store.keys('session/')).toEqual([])
  })
})

describe('what was scrubbed comes back', () => {
  const value = fc.constantFrom(
    ...['Alice', 'Alice Smith', "Bob O'Neil", 'Zoë Müller', 'Иван', 'alice@example.org', 'ALICE'],
    ...[
      '+49 151 2345678',
      'sk-abcdefgh1234',
      '4711',
      '1,234.50',
      'https://example.org/a/Alice?x=1',
    ],
    ...['[[PERSON1K7]]', 'PERSON 1 K7', 'password: hunter2', 'a@b.example', 'will', 'Will'],
  )
  const between = fc.constantFrom(
    ...[' ', '', ', ', '\n', '\r\n', '"', "'", '<', '>', '(', ')', '[', ']', '[[', ']]', '{', '\\'],
    ...['://', '//', 'https:', 'www.', '|', '*', '_', '\u200b', '\u00ad', '😀', '\ud800', '&lt;'],
    ...['\t', '%5B', '=', ':', ';', '#', 's', "'s", '١٢', '１２', 'é', 'e\u0301', '人', '-'],
  )
  const text = fc
    .array(
      fc.oneof(
        { weight: 3, arbitrary: value },
        { weight: 4, arbitrary: between },
        fc.string({ unit: 'grapheme', maxLength: 8 }),
        fc.lorem({ maxCount: 4 }),
      ),
      { maxLength: 10 },
    )
    .map((parts) => parts.join(''))
  const tree = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      text,
      fc.oneof(fc.integer(), fc.double({ min: -1e9, max: 1e9, noNaN: true })),
      fc.constantFrom(true, false, null),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(
        fc.oneof(text, fc.constantFrom('name', 'arguments', 'constructor')),
        tie('tree'),
        { maxKeys: 3 },
      ),
      fc.json({ maxDepth: 2 }).map((json) => ({ arguments: json })),
    ),
  })).tree

  it.each([
    // a second look finds the letter behind the phone, which must not be a value of its own
    [
      'a letter left beside a mask',
      ['password: hunter2+49 151 2345678s', { arguments: '{"a":1}' }],
    ],
    ['numbers under a name that is masked', [{ arguments: '{"n":5e-324}' }, 'password: arguments']],
  ])('whole: %s', async (_, given) => {
    const rig = createRig()
    const { json: out, handle } = await rig.scrub({ json: given })
    expect(JSON.stringify(out)).not.toMatch(/pa\[\[/)
    const back = await rig.rehydrate({ json: out, handle, restore: [...all] })
    expect(back.json).toEqual(given)
  })

  it('byte for byte, for any text', async () => {
    const rig = createRig()
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.constantFrom('strict', 'balanced' as const),
        async (given, mode) => {
          const { text: out = '', handle } = await rig.scrub({
            text: given,
            mode: mode as 'strict',
          })
          const back = await rig.rehydrate({ text: out, handle, restore: [...all] })
          expect(back).toMatchObject({ text: given, tolerant: 0, unresolved: 0 })
          await rig.forget(handle)
        },
      ),
      { numRuns: thorough(20_000, 600) },
    )
  }, 600_000)

  it('value for value, for any structure', async () => {
    const rig = createRig()
    await fc.assert(
      fc.asyncProperty(tree, async (generated) => {
        // as JSON carries it: no -0, no undefined
        const given = JSON.parse(JSON.stringify(generated ?? null))
        const { json: out, handle } = await rig.scrub({ json: given })
        const sent = JSON.parse(JSON.stringify(out))
        const back = await rig.rehydrate({ json: sent, handle, restore: [...all] })
        expect(back.json).toEqual(given)
        await rig.forget(handle)
      }),
      { numRuns: thorough(20_000, 400) },
    )
  }, 600_000)
})
