import type { Flags } from './read-flags.ts'
import { isBoolean, isCount, isText, type Reading } from './reading.ts'

const MODES: Readonly<Record<string, 'solo' | 'cluster'>> = {
  ...{ solo: 'solo', single: 'solo', cluster: 'cluster', dual: 'cluster', multi: 'cluster' },
}

/** Machines a model spans, a GPU each. The launcher's own word counts, then the mode, then the flags. */
export function readSpread(reading: Reading, { values, launcher }: Flags): number {
  const parts = Number(values.get('tensor_parallel') ?? Number.NaN)
  const isParts = isCount(parts)
  const nodes = reading.take('nodes', isCount)
  const mode = modeOf(reading, launcher?.isSolo === true)
  const many = launcher?.nodes ?? nodes ?? (isParts ? parts : undefined)
  if (mode === 'solo') {
    if (many !== undefined && many > 1)
      reading.checks.nodes = `mode is solo, yet ${many} parts are named`
    return 1
  }
  if (many !== undefined) {
    if (isParts && parts !== many)
      reading.checks.nodes = `${many} machines, yet ${parts} parts: one of a machine each is taken`
    if (mode === 'cluster' && many === 1) {
      reading.checks.nodes = 'mode is cluster, yet one part is named: two machines are taken'
      return 2
    }
    return many
  }
  if (mode === 'cluster') {
    reading.checks.nodes = 'mode is cluster; how many machines was not said'
    return 2
  }
  return 1
}

function modeOf(reading: Reading, isSolo: boolean): 'solo' | 'cluster' | undefined {
  const isMode = (value: unknown): value is string =>
    isText(value) && Object.hasOwn(MODES, value.trim().toLowerCase())
  const word = reading.take('mode', isMode)
  const solo = reading.take('solo', isBoolean)
  const cluster = reading.take('cluster', isBoolean)
  if (isSolo) return 'solo'
  if (word !== undefined) return MODES[word.trim().toLowerCase()]
  if (solo !== undefined) return solo ? 'solo' : 'cluster'
  return cluster === undefined ? undefined : cluster ? 'cluster' : 'solo'
}
