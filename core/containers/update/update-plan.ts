import type { Plan } from '../../api.ts'
import { count } from '../../count.ts'
import { formatDuration } from '../container-plan.ts'
import { fetchSource } from './fetch-source.ts'
import { judgeUpdate } from './judge-update.ts'
import { buildWords, shown, upWords } from './update-commands.ts'
import type { UpdateTarget } from './update-source.ts'
import { lookAtSource } from './version.ts'

/** What an update will do; `from` and `to` are the commits. */
export interface UpdatePlan extends Plan {
  from: string
  to: string
  changes: number
}

export interface UpdateFacts {
  service: { id: string; title: string }
  /** What it means that it is away: `messages sent meanwhile are answered late or not at all`. */
  whileAway?: string
  /** How long the last update took; null: never done from here. */
  lastSeconds: number | null
  signal: AbortSignal
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** After this long without coming up the version before is put back. */
export const COMES_UP_WITHIN_MS = 120_000

/**
 * Fetches and says what would change. Null: it is up to date. Throws UPDATE_* and CONTAINERS_* for
 * every reason not to begin; nothing but the fetch has happened then.
 */
export async function planUpdate(
  target: UpdateTarget,
  facts: UpdateFacts,
): Promise<UpdatePlan | null> {
  judgeUpdate(await lookAtSource(target, facts.signal), target)
  await fetchSource(target, facts.signal)
  const look = await lookAtSource(target, facts.signal)
  judgeUpdate(look, target)
  if (!look.behind || look.target === null) return null
  const { host, source, container } = target
  const { title, id } = facts.service
  const [newest] = look.changes
  const commands = [
    shown(target, ['git', 'merge', '--ff-only', look.target]),
    shown(target, buildWords(target, look.compose)),
    shown(target, upWords(target, look.compose)),
  ]
  return {
    title: `Update ${title} to the latest version?`,
    confirm: `Update ${title}`,
    commands: commands.map((command) => ({ host: host.id, command })),
    stops: [
      `${capital(title)} (${id}) is away while its container is replaced${facts.whileAway ? `; ${facts.whileAway}` : ''}.`,
    ],
    consequence: [
      `${count(look.behind, 'change')} on ${source.branch}, the newest “${newest?.subject ?? ''}”.`,
      ...look.changes.map(({ commit, subject }) => `${commit.slice(0, 8)} ${subject}`),
      ...(look.behind > look.changes.length
        ? [`and ${look.behind - look.changes.length} older ones`]
        : []),
      facts.lastSeconds === null
        ? 'How long building takes is not known yet; the present version goes on meanwhile.'
        : `It took ${formatDuration(facts.lastSeconds)} last time; the present version goes on while the new one is built.`,
      `If ${container} does not come up within ${formatDuration(COMES_UP_WITHIN_MS / 1000)}, the present version is put back.`,
    ].join('\n'),
    holds: [id],
    last_seconds: facts.lastSeconds,
    running_requests: 0,
    ...{ from: look.commit, to: look.target, changes: look.behind },
  }
}
