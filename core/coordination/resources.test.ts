import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coveredBy, findClash, overlaps } from './resources.ts'

const HOSTS: Record<string, string[]> = {
  llm: ['spark-1', 'spark-2'],
  'llm-2': ['spark-2'],
  speech: ['spark-2'],
  scrub: [],
}
const hostsOf = (id: string) => HOSTS[id] ?? []
const clash = (wanted: string[], held: string[]) => findClash(wanted, held, hostsOf)

describe('two lists of resources', () => {
  it.each([
    [['gpu'], ['gpu:spark-1'], 'gpu'],
    [['gpu'], ['speech'], 'gpu'],
    [['gpu'], ['scrub'], undefined],
    [['gpu:spark-1'], ['speech'], undefined],
    [['gpu:spark-1'], ['llm'], 'gpu:spark-1'],
    [['gpu:spark-2'], ['speech'], 'gpu:spark-2'],
    [['llm'], ['speech'], undefined],
    [['llm'], ['llm-2'], undefined],
    [['llm'], ['llm'], 'llm'],
    [['nobody'], ['gpu'], undefined],
    [['gpu:spark-1'], ['gpu:spark-10'], undefined],
  ])('%j against %j: %s', (wanted, held, expected) => {
    expect(clash(wanted, held)).toBe(expected)
  })

  it('a service whose plan names its GPUs takes no other: models on two hosts change side by side', () => {
    expect(clash(['llm', 'gpu:spark-1'], ['gpu:spark-2'])).toBeUndefined()
    expect(clash(['llm', 'gpu:spark-1'], ['llm-2', 'gpu:spark-2'])).toBeUndefined()
    expect(clash(['llm', 'gpu:spark-1'], ['llm'])).toBe('llm')
    expect(clash(['llm', 'gpu:spark-1', 'gpu:spark-2'], ['speech'])).toBe('gpu:spark-2')
  })

  it('exclude each other whoever comes first', () => {
    const name = fc.constantFrom('gpu', 'gpu:spark-1', 'gpu:spark-2', ...Object.keys(HOSTS), 'x')
    const names = fc.uniqueArray(name, { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(names, names, (one, other) => {
        expect(clash(one, other) === undefined).toBe(clash(other, one) === undefined)
        expect(clash(one, one)).toBe(one[0])
      }),
    )
  })
})

it('names the services a lease keeps from being changed', () => {
  const services = Object.keys(HOSTS)
  expect(coveredBy(['gpu'], services, hostsOf)).toEqual(['llm', 'llm-2', 'speech'])
  expect(coveredBy(['gpu:spark-1'], services, hostsOf)).toEqual(['llm'])
  expect(coveredBy(['scrub'], services, hostsOf)).toEqual(['scrub'])
})

it('a name contains what follows it after a colon, nothing that merely begins alike', () => {
  expect(overlaps('gpu', 'gpu:spark-1')).toBe(true)
  expect(overlaps('llm', 'llm-2')).toBe(false)
})
