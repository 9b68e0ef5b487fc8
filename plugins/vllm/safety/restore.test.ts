import { expect, it } from 'vitest'
import { type Finding, MOST_TRIES, NOTHING_LOST, nextRestore, STEADY_MS } from './restore.ts'

/** What is done after each finding. */
function play(...findings: Finding[]): string[] {
  let state = NOTHING_LOST
  return findings.map((finding) => {
    const next = nextRestore(state, finding)
    state = next.state
    return next.act
  })
}

const lost: Finding = { is: 'lost' }
const failed: Finding = { is: 'failed' }
const served = (forMs: number): Finding => ({ is: 'served', forMs })

it('loads again what two looks in a row have found lost', () => {
  expect(play(lost, lost)).toEqual(['wait', 'load'])
  expect(play(lost, { is: 'unclear' }, lost, lost)).toEqual(['wait', 'wait', 'wait', 'load'])
})

it('tries twice, then leaves it to the owner, once', () => {
  expect(MOST_TRIES).toBe(2)
  expect(play(lost, lost, failed, failed, failed, lost, lost)).toEqual([
    ...['wait', 'load', 'load', 'give up', 'wait', 'wait', 'wait'],
  ])
})

it('counts an engine that dies soon after as not restored, so that it cannot go on for ever', () => {
  const soon = served(STEADY_MS - 1)
  expect(play(lost, lost, soon, lost, lost, soon, lost, lost)).toEqual([
    ...['wait', 'load', 'wait', 'wait', 'load', 'wait', 'wait', 'give up'],
  ])
  const steady = served(STEADY_MS)
  expect(play(lost, lost, steady, lost, lost, steady, lost, lost).at(-1)).toBe('load')
})

it.each<Finding>([{ is: 'taken over' }, { is: 'nothing' }])('begins anew after %j', (finding) => {
  expect(play(lost, lost, failed, finding, lost, lost, failed).slice(-2)).toEqual(['load', 'load'])
})
