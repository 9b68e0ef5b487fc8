import { expect, it } from 'vitest'
import { joinWords } from './join-words.ts'

it.each([
  [['Good', 'morning.'], 'Good morning.'],
  [[' Good', ' morning.'], 'Good morning.'],
  [['', ' ', 'a'], 'a'],
  [['今日', 'は', '良い', '。'], '今日は良い。'],
  [['GPU', 'の', 'メモリ'], 'GPU のメモリ'],
  [[], ''],
])('%j reads %j', (words, text) => {
  expect(joinWords(words)).toBe(text)
})
