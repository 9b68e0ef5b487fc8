import type { LaunchVerdict } from './launcher.ts'

/** A line by which a start says that it failed, what that means, and the way out. */
export type LaunchMistake = [RegExp, (match: RegExpExecArray) => string, string?]

/** The first mistake a start names: of its own launcher, else of docker or podman. */
export function findLaunchMistake(
  lines: readonly string[],
  own: readonly LaunchMistake[] = [],
): LaunchVerdict | undefined {
  for (const [pattern, mistake, hint] of [...RUNTIME_MISTAKES, ...own]) {
    const match = lines.map((line) => pattern.exec(line)).find((found) => found !== null)
    if (match) return { mistake: mistake(match), ...(hint && { hint }) }
  }
  return undefined
}

/** The last line that says something, for the end of a sentence. */
export const lastWords = (lines: readonly string[]): string => {
  const last = lines.map((line) => line.trim()).findLast((line) => line !== '')
  return last ? `: ${last}` : ''
}

const RUNTIME_MISTAKES: readonly LaunchMistake[] = [
  [
    /Unable to find image '?([^' ]*)|No such image: (\S+)|^Error: (\S+): image not known/,
    ([, ...names]) => `the image ${names.find(Boolean)} is not there`,
    'build or pull it, or set image in topology.yaml',
  ],
  [
    /could not select device driver|unresolvable CDI devices?|nvidia-container-cli: initialization error/,
    () => 'the container runtime cannot use the GPU',
    'install the NVIDIA container toolkit on the machine and restart docker; podman wants its CDI file (nvidia-ctk cdi generate)',
  ],
  [
    /nvidia-container-cli: device error: ([^:]+): unknown device/,
    ([, gpu]) => `the machine has no GPU ${gpu}`,
    'nvidia-smi -L lists the GPUs there are; set gpus in topology.yaml',
  ],
  [
    /already in use by/,
    () => 'the name of the container is taken',
    'remove the other container, or set container in topology.yaml',
  ],
]
