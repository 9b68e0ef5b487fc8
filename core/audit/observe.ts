import type { Answer, Plan } from '../api.ts'
import { asControlError } from '../errors.ts'
import type { Act } from './act-entry.ts'

/** Has an act recorded with its plan and what came of it, whichever way it ends. */
export async function observe(
  act: Omit<Act, 'plan' | 'result'>,
  work: (onPlan: (plan: Plan | null) => void) => Promise<Answer>,
  record: (act: Act) => void,
): Promise<Answer> {
  let plan: Act['plan']
  const note = (result: Act['result']) => record({ ...act, plan, result })
  try {
    const answer = await work((made) => {
      plan = made
    })
    note(answer)
    return answer
  } catch (thrown) {
    note(asControlError(thrown))
    throw thrown
  }
}
