import { display, type Plan } from '#core'
import { type ModelPlace, removeAsRootCommand, removeCommand } from '../disk/model-place.ts'
import { list, long, volume } from '../words.ts'

/** A model on one host, as a look just found it. */
export interface PlacedModel {
  place: ModelPlace
  runtime: string
  /** Images to remove root's files with, the likeliest first. */
  images: string[]
  sizeBytes: number
  isForeign: boolean
  /** The host named before it that sees the very same files. */
  sharedWith: string | null
}

/** Everything a deletion is decided from. */
export interface DeleteState {
  key: string
  title: string
  places: PlacedModel[]
  /** Hosts that had it when they last answered and do not answer now. */
  away: string[]
  lastUsedAtS: number | null
  nowMs: number
  /** What the last download ran at; null before the first. */
  bytesPerS: number | null
  /** There are settings of the owner's own for it. */
  hasOverride: boolean
}

const DAY_MS = 86_400_000

/** Decides what deleting a model removes, and says so. Looks at nothing itself. */
export function planDelete(state: DeleteState): Plan {
  const { places, title, key } = state
  const hosts = [...new Set(places.map(({ place }) => place.host))]
  return {
    title: `Delete ${title} from ${from(hosts)}?`,
    confirm: `Delete ${volume(bytesFreed(places))}`,
    commands: places.flatMap(commandsFor),
    stops: [],
    consequence: [
      whatIsFreed(places),
      whenUsed(state),
      howToGetItBack(state),
      state.hasOverride ? 'Your settings for it are kept.' : '',
      whoIsAway(state.away),
    ]
      .filter((line) => line !== '')
      .join('\n'),
    irreversible: 'The files are removed at once; there is no bin to take them out of.',
    holds: [modelHold(key)],
    last_seconds: null,
    running_requests: 0,
  }
}

/** What jobs hold that write a model's files: nobody else reads or writes them meanwhile. */
export const modelHold = (key: string): string => `model:${key}`

/** What a service holds while it reads them: others may read, nobody may write. */
export const readHold = (key: string, service: string): string => `model:${key}:${service}`

/** Bytes that become free: files two hosts share count once. */
const bytesFreed = (places: readonly PlacedModel[]): number =>
  places.reduce((sum, { sizeBytes, sharedWith }) => sum + (sharedWith ? 0 : sizeBytes), 0)

function commandsFor({ place, runtime, images, isForeign }: PlacedModel): Plan['commands'] {
  const asRoot =
    images[0] === undefined ? undefined : removeAsRootCommand(place, runtime, images[0])
  return [removeCommand(place), ...(isForeign && asRoot ? [asRoot] : [])].map((command) => ({
    host: place.host,
    command: display(command),
  }))
}

function from(hosts: string[]): string {
  if (hosts.length < 2) return list(hosts)
  return hosts.length === 2 ? 'both machines' : `all ${hosts.length} machines`
}

function whatIsFreed(places: PlacedModel[]): string {
  const own = places.filter(({ sharedWith }) => sharedWith === null)
  const shared = places.filter(({ sharedWith }) => sharedWith !== null)
  const freed = list(own.map(({ place, sizeBytes }) => `${volume(sizeBytes)} on ${place.host}`))
  const where = places.map(({ place }) => place).filter(({ source }) => source === 'local')
  return [
    `Frees ${freed}.`,
    ...shared.map(
      ({ place, sharedWith }) =>
        `${place.host} sees the same disk as ${sharedWith}, so it is gone from there too.`,
    ),
    ...where.map(({ host, parent, name }) => `On ${host} it is the folder ${parent}/${name}.`),
  ].join(' ')
}

function whenUsed({ lastUsedAtS, nowMs }: DeleteState): string {
  if (lastUsedAtS === null) return 'It is not loaded; when it was last used is not known.'
  const days = Math.floor((nowMs - lastUsedAtS * 1000) / DAY_MS)
  const when = days < 1 ? 'in the last day' : days === 1 ? 'a day ago' : `${days} days ago`
  return `It is not loaded; last used ${when}.`
}

function howToGetItBack({ places, bytesPerS }: DeleteState): string {
  if (places.some(({ place }) => place.source === 'local')) {
    return 'It is a folder of your own and may be on no hub: Spark Control cannot get it back.'
  }
  // it is downloaded once and copied from host to host
  const bytes = Math.max(...places.map(({ sizeBytes }) => sizeBytes))
  const time = bytesPerS ? ` (about ${long(bytes / bytesPerS)} at your last speed)` : ''
  return `Getting it back means downloading ${volume(bytes)}${time}.`
}

const whoIsAway = (away: string[]): string =>
  away.length === 0
    ? ''
    : `${list(away)} ${away.length === 1 ? 'does' : 'do'} not answer, so what is there stays: delete it again when ${away.length === 1 ? 'it answers' : 'they answer'}.`
