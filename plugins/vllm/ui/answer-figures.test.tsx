import { describe, expect, it } from 'vitest'
import { type AnswerCourse, describeAnswer } from './answer-figures.ts'

const ended: AnswerCourse = {
  askedAt: 10_000,
  firstAt: 11_000,
  lastAt: 13_000,
  tokens: 41,
  isStreaming: false,
  isStopped: false,
  isCut: false,
}

describe('the line under an answer', () => {
  it('tells tokens, the rate of all but the first, and the wait', () => {
    expect(describeAnswer(ended)).toMatch(/^41 tokens · 20 tokens\/s · first word after 1 s$/)
  })

  it('tells no rate of an answer that came in one piece', () => {
    expect(describeAnswer({ ...ended, lastAt: 11_150 })).toBe('41 tokens · first word after 1 s')
  })

  it('tells that it was stopped or cut', () => {
    expect(describeAnswer({ ...ended, isStopped: true })).toMatch(/ · stopped$/)
    expect(describeAnswer({ ...ended, isCut: true })).toMatch(/ · cut at its length limit$/)
  })

  it('tells what happens while there is no word', () => {
    const silent = { ...ended, firstAt: null, lastAt: null, tokens: 0 }
    expect(describeAnswer({ ...silent, isStreaming: true })).toBe('Reading your message…')
    expect(describeAnswer({ ...silent, isStopped: true })).toBe('Stopped.')
    expect(describeAnswer(silent)).toBe('No answer came.')
  })
})
