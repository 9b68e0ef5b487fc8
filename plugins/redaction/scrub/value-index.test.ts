import { expect, it } from 'vitest'
import { indexValues } from './value-index.ts'

const indexOf = (values: string[]) =>
  indexValues(values.map((surface) => ({ type: 'TERM', surface })))

const found = (values: string[], text: string): string[] =>
  indexOf(values)
    .find(text)
    .map(({ start, end }) => text.slice(start, end))

it.each([
  ['Alice Smith', 'ALICE-SMITH wrote to alice  smith, alicesmith99 and Al\u00adice Smith.', 4],
  ['José', 'jose, JOSÉ, Jose\u0301 and José', 4],
  ['O’Neil', "O'Neil o neil ONEIL", 3],
  ['Johnson', 'Johnsonville, mcjohnson', 2],
  ['Smith', 'blacksmith, Smithers', 0],
  ['+49 151 2345678', '+491512345678, 49-151-2345678, 00491512345678', 3],
  ['alice@example.org', 'Alice@Example.org alice at example', 1],
  ['Andrea', 'and reach, and rea', 1],
  ['Аlice', 'Alice', 1],
  ['US', 'He told us of the US and U.S. law', 2],
  ['us', 'tell us, US', 2],
  ['Will', 'will Will WILL do', 2],
  ['x', 'x X', 0],
  ['17', '17, 117, 17th, v17', 3],
])('finds %j in %j', (value, text, times) => {
  expect(found([value], text)).toHaveLength(times)
})

it('takes the longest of several, and finds what stands side by side', () => {
  expect(found(['Alice', 'Alice Smith', 'Smith'], 'Alice Smith Alice Smithson Smith')).toEqual([
    ...['Alice Smith', 'Alice', 'Smith'],
  ])
  expect(found(['a1@x.org', 'b2@x.org'], 'a1@x.org b2@x.org')).toEqual(['a1@x.org', 'b2@x.org'])
})

it('grows with the text alone, however many values there are', () => {
  const values = Array.from({ length: 10_000 }, (_, n) => `user${n}@example.org`)
  const index = indexOf(values)
  const text = values.slice(0, 2_000).join(' ')
  expect(index.find(text)).toHaveLength(2_000)
})
