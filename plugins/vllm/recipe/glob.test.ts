import { describe, expect, it } from 'vitest'
import { beyondGlob, fitsGlob, fixedLength, GLOB } from './glob.ts'

describe('a repo pattern', () => {
  it.each([
    ['*/Qwen3.6-35B-A3B*', 'nvidia/Qwen3.6-35B-A3B-NVFP4'],
    ['*/Qwen3.6-35B-A3B*', 'Qwen/Qwen3.6-35B-A3B'],
    ['*/Qwen3.6-35B*FP8', 'a/qwen3.6-35b-A3B-fp8'],
    ['Org/Exact', 'org/exact'],
    ['Org/*', 'Org/anything'],
    ['*/a*b*c', 'x/abxbc'],
    ['*/**', 'x/yz'],
    ['Plain-*', 'Plain-8B'],
  ])('%s fits %s', (glob, repo) => {
    expect(fitsGlob(glob, repo)).toBe(true)
  })

  it.each([
    ['*/Qwen3.6-35B-A3B*', 'nvidia/Huihui-Qwen3.6-35B-A3B'],
    ['*/Qwen3.6*', 'Qwen3.6-35B'],
    ['Qwen*', 'Qwen/Qwen3-8B'],
    ['*/ab*ba', 'x/aba'],
    ['*/a*b*b', 'x/ab'],
    ['*/Qwen3.6', 'x/Qwen3x6'],
    ['Org/Exact', 'Org/Exact2'],
  ])('%s does not fit %s', (glob, repo) => {
    expect(fitsGlob(glob, repo)).toBe(false)
  })

  it('made to be slow is answered all the same, for nothing is tried twice', () => {
    const stars = 20_000
    const repo = `x/${'a'.repeat(2 * stars)}`
    expect(fitsGlob(`*/${'a*'.repeat(stars)}b`, repo)).toBe(false)
    expect(fitsGlob(`*/${'a*'.repeat(stars)}`, repo)).toBe(true)
  })

  it('that names more is closer', () => {
    expect(fixedLength('*/Qwen3*NVFP4')).toBeGreaterThan(fixedLength('*/Qwen3*'))
    expect(fixedLength('nvidia/Qwen3*')).toBeGreaterThan(fixedLength('*/Qwen3*'))
  })

  it('leaves what the name says beyond its fixed beginning', () => {
    expect(beyondGlob('*/Qwen3-8B*FP4*', 'nvidia/Qwen3-8B-NVFP4')).toBe('-NVFP4')
    expect(beyondGlob('*/Qwen3-8B', 'nvidia/Qwen3-8B')).toBe('')
  })

  it.each([
    ['../*'],
    ['*/..'],
    ['a/b/c'],
    ['*/a b'],
    ['*/[ab]'],
    ['-x/*'],
    [''],
    ['*/a\n'],
    ['?/a'],
  ])('like %j is refused', (glob) => {
    expect(new RegExp(GLOB).test(glob)).toBe(false)
  })
})
