/** `X.Y.Z`, the version of Spark Control (semver). StartOS has `X.Y.Z:N`, N counting the wrapper's own changes. */
export type Version = string

export const STEPS = ['major', 'minor', 'patch'] as const
export type Step = (typeof STEPS)[number]

/** The version after `current`: a step further, or the one that is named, which may not be lower. Throws in a sentence. */
export function nextVersion(current: Version, wanted: string): Version {
  const now = parse(current)
  const step = STEPS.indexOf(wanted as Step)
  if (step !== -1) return now.map((n, i) => (i < step ? n : i === step ? n + 1 : 0)).join('.')
  const next = parse(wanted)
  const first = next.findIndex((n, i) => n !== now[i])
  if (first !== -1 && (next[first] ?? 0) < (now[first] ?? 0))
    throw new Error(`${wanted} is lower than ${current}, the version it is`)
  return wanted
}

function parse(version: string): number[] {
  if (!/^(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}$/.test(version))
    throw new Error(`"${version}" is neither ${STEPS.join(', ')} nor a version such as 1.2.3`)
  return version.split('.').map(Number)
}
