import { type Static, Type, Value } from '#core'
import { type Ask, type ModelLayer, type ModelSpan, piecesOf } from './model-layer.ts'
import { typeNamed } from './type-names.ts'

export interface AnalyzerOptions {
  language: string
  /** Findings below it are left out by the server. */
  least_score: number
}

/** Presidio says `entity_type`, servers around GLiNER say `label`; both count in code points. */
const Answer = Type.Array(
  Type.Object({
    entity_type: Type.Optional(Type.String()),
    label: Type.Optional(Type.String()),
    start: Type.Integer({ minimum: 0 }),
    end: Type.Integer({ minimum: 0 }),
    score: Type.Optional(Type.Number()),
  }),
)
const PATH = '/analyze'
const LONGEST = 20_000

/** A server with Presidio's `POST /analyze`. */
export function createAnalyzerLayer(ask: Ask, options: AnalyzerOptions): ModelLayer {
  const { language, least_score } = options
  return {
    async find(text, signal) {
      const spans: ModelSpan[] = []
      for (const piece of piecesOf(text, LONGEST)) {
        const body = { text: piece.text, language, score_threshold: least_score }
        const answer = await ask(PATH, body, signal)
        if (!Value.Check(Answer, answer)) throw new Error('The analyzer answered in another form')
        spans.push(...spansOf(piece, answer))
      }
      return spans
    },
  }
}

function spansOf(
  piece: { start: number; text: string },
  answer: Static<typeof Answer>,
): ModelSpan[] {
  const units = unitsOf(piece.text)
  return answer.flatMap(({ entity_type, label, start, end, score }) => {
    const [from, to] = [units[start], units[end]]
    if (from === undefined || to === undefined || to <= from) {
      throw new Error('The analyzer found something outside of the text')
    }
    const type = typeNamed(entity_type ?? label ?? '')
    const span = { start: piece.start + from, end: piece.start + to, type }
    return [score === undefined ? span : { ...span, score }]
  })
}

/** The UTF-16 offset of each code point, and of the end. */
function unitsOf(text: string): number[] {
  const units: number[] = []
  let at = 0
  for (const point of text) {
    units.push(at)
    at += point.length
  }
  return [...units, at]
}
