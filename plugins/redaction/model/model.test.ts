import { describe, expect, it } from 'vitest'
import { createAnalyzerLayer } from './analyzer-layer.ts'
import { createChatLayer } from './chat-layer.ts'
import { type Ask, piecesOf } from './model-layer.ts'
import { typeNamed } from './type-names.ts'
import { unite } from './unite.ts'

const { signal } = new AbortController()
const says =
  (content: string, finish_reason = 'stop'): Ask =>
  async () => ({
    choices: [{ finish_reason, message: { content } }],
  })

describe('a chat model as a layer', () => {
  it('is asked for the schema and looked up in the text', async () => {
    const bodies: unknown[] = []
    const ask: Ask = async (path, body) => {
      expect(path).toBe('/v1/chat/completions')
      bodies.push(body)
      const content =
        '{"entities":[{"type":"PERSON","text":"Bob"},{"type":"ORG","text":"Nowhere"}]}'
      return { choices: [{ finish_reason: 'stop', message: { content } }] }
    }
    const spans = await createChatLayer(ask, { model: 'm' }).find('Bob met Bob', signal)
    expect(spans).toEqual([
      { start: 0, end: 3, type: 'PERSON' },
      { start: 8, end: 11, type: 'PERSON' },
    ])
    expect(bodies).toMatchObject([
      { model: 'm', temperature: 0, response_format: { type: 'json_schema' } },
    ])
  })

  it('is asked for the first model its server lists, if none is named', async () => {
    const asked: unknown[] = []
    const ask: Ask = async (path, body) => {
      asked.push([path, (body as { model?: string } | undefined)?.model])
      if (path === '/v1/models') return { data: [{ id: 'first' }, { id: 'second' }] }
      return { choices: [{ message: { content: '{"entities":[]}' } }] }
    }
    expect(await createChatLayer(ask, {}).find('Bob', signal)).toEqual([])
    expect(asked).toEqual([
      ['/v1/models', undefined],
      ['/v1/chat/completions', 'first'],
    ])
    const none = createChatLayer(async () => ({ data: [] }), {}).find('Bob', signal)
    await expect(none).rejects.toThrow('lists no model')
  })

  it.each([
    ['no JSON', says('I found Bob')],
    ['another form', says('{"entities":[{"type":"ALIEN","text":"Bob"}]}')],
    ['a cut answer', says('{"entities":[]}', 'length')],
    ['nothing', async () => ({})],
  ])('throws at %s, without a word of the text', async (_, ask) => {
    const found = createChatLayer(ask, { model: 'm' }).find('Bob is here', signal)
    await expect(found).rejects.toThrow(/^(?!.*Bob)/)
  })
})

describe('an analyzer as a layer', () => {
  const options = { language: 'en', least_score: 0.4 }

  it('counts in code points', async () => {
    const ask: Ask = async () => [{ entity_type: 'PERSON', start: 2, end: 5, score: 0.9 }]
    const [span] = await createAnalyzerLayer(ask, options).find('😀 Bob', signal)
    expect(span).toEqual({ start: 3, end: 6, type: 'PERSON', score: 0.9 })
  })

  it('throws where the answer lies outside the text', async () => {
    const ask: Ask = async () => [{ label: 'person', start: 2, end: 99 }]
    await expect(createAnalyzerLayer(ask, options).find('Bob', signal)).rejects.toThrow('outside')
  })
})

describe('pieces of a text', () => {
  it('are the text again, cut at spaces and never inside a pair', () => {
    for (const text of ['one two three four five six', '😀'.repeat(20), 'x'.repeat(33)]) {
      const pieces = piecesOf(text, 9)
      expect(pieces.map((piece) => piece.text).join('')).toBe(text)
      for (const piece of pieces) {
        expect(text.slice(piece.start)).toMatch(new RegExp(`^${piece.text}`, 'u'))
        expect(piece.text.isWellFormed()).toBe(true)
      }
    }
  })
})

describe('the union', () => {
  it('adds, names what was only masked, and takes nothing away', () => {
    const united = unite(
      [
        { start: 0, end: 3, type: 'TERM', layer: 'residual' },
        { start: 10, end: 20, type: 'EMAIL', layer: 'rule' },
      ],
      [
        { start: 0, end: 7, type: 'PERSON' },
        { start: 12, end: 14, type: 'ORG' },
        { start: 30, end: 33, type: 'LOCATION' },
      ],
    )
    expect(united.map(({ start, end, type }) => [start, end, type])).toEqual([
      [0, 7, 'PERSON'],
      [10, 20, 'EMAIL'],
      [30, 33, 'LOCATION'],
    ])
  })

  it.each([
    ['PERSON', 'PERSON'],
    ['EMAIL_ADDRESS', 'EMAIL'],
    ['UK_NHS', 'ID'],
    ['credit card number', 'CARD'],
    ['spaceship', 'TERM'],
  ])('knows %s as %s', (name, type) => {
    expect(typeNamed(name)).toBe(type)
  })
})
