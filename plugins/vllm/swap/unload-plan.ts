import type { Plan } from '#core'
import { engineOf } from '../launch/launcher.ts'
import { countRequests, gigabytes, list } from '../words.ts'
import { gpusHeld, type PlanNode, type SwapState, stopCommands, stopsOf } from './swap-plan.ts'

export interface UnloadPlan extends Plan {
  stopNodes: string[]
}

/** Decides what unloading stops; null when there is nothing to stop. */
export function planUnload(
  state: Pick<
    SwapState,
    | 'service'
    | 'launcher'
    | 'container'
    | 'gpus'
    | 'nodes'
    | 'served'
    | 'runningRequests'
    | 'drainS'
  >,
): UnloadPlan | null {
  const busy = state.nodes.filter((node) => node.container !== 'absent')
  if (busy.length === 0) return null
  const what = state.served ?? engineOf(state).thing
  const running = state.runningRequests ?? 0
  return {
    title:
      running > 0
        ? `Unload ${what} while ${running === 1 ? '1 answer is' : `${running} answers are`} being written?`
        : `Unload ${what}?`,
    confirm: `Unload ${what}`,
    commands: stopCommands(state),
    stops: stopsOf(state, busy),
    consequence: [
      whatBecomesOfRequests(state),
      'Afterwards no model is loaded, and every program that asks for one gets “no model loaded” until you load one.',
      whatIsFreed(busy),
    ]
      .filter((line) => line !== '')
      .join('\n'),
    holds: [state.service, ...gpusHeld(state, busy)],
    last_seconds: null,
    running_requests: running,
    stopNodes: state.nodes.map(({ id }) => id),
  }
}

function whatBecomesOfRequests(
  state: Pick<SwapState, 'served' | 'runningRequests' | 'drainS'>,
): string {
  if (!state.served) return 'Nothing is being served from it.'
  if (state.runningRequests === null) return 'How many requests are being answered is not known.'
  if (state.runningRequests === 0) return 'No request is being answered.'
  const counted = `${countRequests(state.runningRequests)} being answered`
  return state.drainS > 0
    ? `${counted}. They are waited for, at most ${state.drainS} seconds; what is left then ends in the middle.`
    : `${counted} and ${state.runningRequests === 1 ? 'ends' : 'end'} in the middle.`
}

function whatIsFreed(busy: PlanNode[]): string {
  const known = busy.filter((node) => node.footprintBytes !== null)
  if (known.length === 0) return ''
  const parts = known.map(
    ({ id, footprintBytes }) => `about ${gigabytes(footprintBytes ?? 0)} on ${id}`,
  )
  return `Frees ${list(parts)}.`
}
