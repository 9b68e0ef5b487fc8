import type { CheckedService, KindMistake, Topology } from '#core'
import { argumentMistake } from '../recipe/flags.ts'
import { PROGRAM } from '../recipe/patterns.ts'
import type { Settings } from '../settings.ts'
import { list } from '../words.ts'
import type { LauncherName } from './launch.ts'
import { launcherName, launchSettings } from './launch-settings.ts'

/** Keys that only some launchers take. */
const TAKEN_BY: Partial<Record<keyof Settings, readonly LauncherName[]>> = {
  launcher_dir: ['launch-cluster'],
  mods: ['launch-cluster'],
  container: ['launch-cluster', 'docker'],
  image: ['launch-cluster', 'docker'],
  volumes: ['launch-cluster', 'docker'],
  shm_size: ['docker'],
  commands: ['command'],
}

type Checked = CheckedService<Settings>

/** What the keys of a service say of its launcher, and of each other. */
export function checkLauncherKeys(service: Checked, topology: Topology): KindMistake[] {
  const launcher = launcherName(service.settings)
  return [
    ...checkTaken(service.settings, launcher),
    ...checkMachines(service.settings, launcher),
    ...checkGpus(service.settings, launcher),
    ...checkCommand(service.settings, launcher),
    ...checkVolumes(service.settings, launcher),
    ...checkArgs(service.settings),
    ...checkNameTaken(service, topology),
  ]
}

function checkTaken(settings: Settings, launcher: LauncherName): KindMistake[] {
  return Object.entries(TAKEN_BY).flatMap(([key, launchers]) =>
    settings[key as keyof Settings] === undefined || launchers.includes(launcher)
      ? []
      : [
          {
            at: key,
            code: 'LAUNCHER_KEY',
            message: `is given, but launcher ${launcher} does not take it`,
            hint: `remove it, or write launcher: ${launchers.join(' or ')}`,
          },
        ],
  )
}

function checkMachines(settings: Settings, launcher: LauncherName): KindMistake[] {
  const { nodes = [] } = settings
  if (launcher === 'launch-cluster' || nodes.length < 2) return []
  return [
    {
      at: 'nodes.1',
      code: 'LAUNCHER_ONE_MACHINE',
      message: `lists ${nodes.length} machines, and launcher ${launcher} starts on one only`,
      hint: 'give launcher_dir, the folder of launch-cluster.sh, which starts on several; or list the host alone',
    },
  ]
}

function checkGpus({ gpus }: Settings, launcher: LauncherName): KindMistake[] {
  if (launcher !== 'launch-cluster' || !Array.isArray(gpus)) return []
  return [
    {
      at: 'gpus',
      code: 'LAUNCHER_KEY',
      message: 'lists numbers, but launch-cluster.sh gives the engine every GPU of a machine',
      hint: 'remove it, or write launcher: docker',
    },
  ]
}

const program = new RegExp(PROGRAM)

function checkCommand({ commands }: Settings, launcher: LauncherName): KindMistake[] {
  if (launcher !== 'command') return []
  const example = "commands: { start: [vllm, serve, '{model}', --port, '{port}', '{args}'] }"
  if (!commands) {
    return [
      {
        at: 'commands',
        code: 'COMMAND_MISSING',
        message: 'is missing; launcher command needs the program to start',
        hint: `such as ${example}`,
      },
    ]
  }
  const { start } = commands
  const lacking = ['{model}', '{port}'].filter((hole) => !start.some((word) => word.includes(hole)))
  return [
    ...(program.test(start[0] ?? '')
      ? []
      : [
          {
            at: 'commands.start.0',
            code: 'COMMAND_PROGRAM',
            message: `is ${JSON.stringify(start[0])}; expected the name or path of a program`,
            hint: 'use letters, digits and . _ / @ + - only',
          },
        ]),
    ...(lacking.length === 0
      ? []
      : [
          {
            at: 'commands.start',
            code: 'COMMAND_PLACEHOLDER',
            message: `has no ${list(lacking)}, so it could only ever serve one model or port`,
            hint: `such as ${example}`,
          },
        ]),
  ]
}

function checkVolumes({ volumes = [] }: Settings, launcher: LauncherName): KindMistake[] {
  if (launcher !== 'launch-cluster') return []
  return volumes.flatMap((volume, index) =>
    volume.startsWith('~/')
      ? [
          {
            at: `volumes.${index}`,
            code: 'VOLUME_PATH',
            message: `is "${volume}"; launch-cluster.sh does not know what ~ is`,
            hint: 'write the whole path',
          },
        ]
      : [],
  )
}

function checkArgs({ args = [] }: Settings): KindMistake[] {
  return args.flatMap((argument, index) => {
    const mistake = argumentMistake(argument, args[index - 1])
    return mistake === undefined
      ? []
      : [{ at: `args.${index}`, code: 'ARGUMENT_REFUSED', message: mistake }]
  })
}

/** Names that are given in the file are compared by the core; this is about the ones that are not. */
function checkNameTaken(service: Checked, topology: Topology): KindMistake[] {
  const own = launchSettings(service.settings, service.id)
  if (own.launcher === 'command' || service.settings.container !== undefined) return []
  const hosts = hostsOf(service.host, service.settings)
  let isLater = false
  for (const other of Object.values(topology.services)) {
    const settings = other.settings as Settings
    isLater ||= other.id === service.id
    if (other.id === service.id || other.kind !== 'vllm' || other.isDisabled) continue
    // of two that are not given, the second is told
    if (!settings.manage || (isLater && settings.container === undefined)) continue
    const { launcher, container } = launchSettings(settings, other.id)
    const shared = hostsOf(other.host, settings).find((host) => hosts.includes(host))
    if (launcher === 'command' || container !== own.container || shared === undefined) continue
    return [
      {
        at: 'container',
        code: 'CONTAINER_TAKEN',
        message: `is not given, and "${container}" is the container of services.${other.id} on host "${shared}" already`,
        hint: 'give each of the two a container of its own',
      },
    ]
  }
  return []
}

const hostsOf = (host: string | undefined, { nodes }: Pick<Settings, 'nodes'>): string[] => [
  ...new Set([...(host === undefined ? [] : [host]), ...(nodes ?? [])]),
]
