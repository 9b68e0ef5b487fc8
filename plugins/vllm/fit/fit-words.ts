import { gigabytes, list } from '../words.ts'
import type { LaunchFit, PlaceFit, Trouble } from './fit-launch.ts'

/** What the words need besides the figures. */
export interface FitNames {
  /** What stops first; null if nothing is loaded. */
  served: string | null
  parts: number
  /** The model is read past the kept files (instanttensor and the like). */
  hasDirectLoad: boolean
}

/** The verdict in sentences, the worst first. */
export function fitLines(fit: LaunchFit, names: FitNames): string[] {
  if (fit.verdict === 'fits') return [`It should fit: ${figures(fit)}.`]
  return fit.troubles.map((trouble) => troubleLine(trouble, fit, names))
}

function figures({ places }: LaunchFit): string {
  const [least] = places.toSorted((a, b) => a.roomBytes - b.roomBytes)
  if (!least) return ''
  const each = places.length > 1 ? ` on each ${least.gpu === null ? 'machine' : 'card'}` : ''
  return `needs ${gigabytes(least.needBytes)}${each}, ${gigabytes(least.roomBytes)} will be free`
}

function troubleLine(trouble: Trouble, fit: LaunchFit, names: FitNames): string {
  const share = `gpu_memory_utilization ${fit.utilization}`
  switch (trouble.kind) {
    case 'uneven':
      return `It cannot start: its ${trouble.heads} cannot be split evenly over ${names.parts}.`
    case 'too_large': {
      const { needBytes, roomBytes } = trouble.place
      const each = fit.places.length > 1 ? ` on each ${unitOf(trouble.place)}` : ''
      return `It does not seem to fit: needs ${gigabytes(needBytes)}${each}, ${gigabytes(roomBytes)} will be free on ${nameOf(trouble.place)}.`
    }
    case 'share_too_small': {
      const { asksBytes, needBytes } = trouble.place
      const length = fit.context
        ? ` with a context of ${fit.context.toLocaleString('en')} tokens`
        : ''
      return `It will refuse to start: it needs ${gigabytes(needBytes)}${length}, its share is ${gigabytes(asksBytes)} (${share}).`
    }
    case 'share_too_large': {
      const { asksBytes, roomBytes } = trouble.place
      return `It may refuse to start: it asks for ${gigabytes(asksBytes)} (${share}), ${gigabytes(roomBytes)} will be free on ${nameOf(trouble.place)}.`
    }
    case 'files_in_the_way': {
      const { asksBytes, roomBytes, reclaimableBytes } = trouble.place
      const free = gigabytes(roomBytes - reclaimableBytes)
      return `It may refuse to start: it asks for ${gigabytes(asksBytes)} (${share}); on ${nameOf(trouble.place)} ${free} will be free and ${gigabytes(reclaimableBytes)} more are files the system keeps for speed, which a GPU that shares the memory counts as used.`
    }
    case 'close': {
      const { asksBytes, needBytes } = trouble.place
      return `It may just fit: needs ${gigabytes(needBytes)} of its share of ${gigabytes(asksBytes)} (${share}), and what engines take besides differs by more than that.`
    }
    case 'freezes':
      return `A share of ${fit.utilization} leaves little to the system; machines whose GPU shares their memory have frozen above 0.88.`
    case 'unmeasured':
      return names.served
        ? `Whether there is room on ${list(trouble.hosts)} is not known: what ${names.served} took there was never measured.`
        : `Whether there is room on ${list(trouble.hosts)} is not known: the memory there could not be read.`
    case 'cache_unknown':
      return 'What its cache takes is not known: its config.json does not give the sizes.'
  }
}

/** What would make it fit, or surer to, one sentence each; nothing where nothing is needed. */
export function wayLines(fit: LaunchFit, names: FitNames, spread?: number): string[] {
  if (fit.verdict === 'fits' || fit.troubles.some(({ kind }) => kind === 'uneven')) return []
  const has = (...kinds: Trouble['kind'][]) => fit.troubles.find(({ kind }) => kinds.includes(kind))
  const lines: string[] = []
  const least = fit.smallestUtilization
  const isOff = has('share_too_small', 'share_too_large', 'files_in_the_way', 'freezes', 'close')
  if (isOff && least !== null && least !== fit.utilization) {
    lines.push(`A share of ${least} (gpu_memory_utilization) is the least that works.`)
  }
  const { largestContext: longest, context } = fit
  if (has('too_large', 'share_too_small') && longest && context && longest < context) {
    lines.push(`With these settings a context of ${longest.toLocaleString('en')} tokens fits.`)
  }
  for (const { host, names: others } of fit.stop) {
    lines.push(`It would fit if ${list(others)} on ${host} did not run.`)
  }
  const files = has('files_in_the_way')
  if (files && 'place' in files) lines.push(...filesWays(files.place, names))
  if (spread !== undefined) lines.push(`Shared by ${spread} machines it would fit.`)
  return lines
}

/** Linux keeps read files in free memory; on a GB10 CUDA sees MemFree only. */
function filesWays({ host }: PlaceFit, { hasDirectLoad }: FitNames): string[] {
  return [
    `Those files can be let go of first: on ${host}, run “sync; echo 3 | sudo tee /proc/sys/vm/drop_caches”.`,
    ...(hasDirectLoad
      ? []
      : [
          'Loading fills them again with its own weights; the load format instanttensor reads past them.',
        ]),
  ]
}

const nameOf = ({ host, gpu }: PlaceFit): string => (gpu === null ? host : `GPU ${gpu} of ${host}`)

const unitOf = ({ gpu }: PlaceFit): string => (gpu === null ? 'machine' : 'card')
