import {
  type CheckedService,
  ContainerName,
  GpuList,
  HostRef,
  type HostSpec,
  type KindMistake,
  Secret,
  type Static,
  type Topology,
  Type,
} from '#core'
import { checkOnDemand, OnDemand } from './demand/settings.ts'
import { checkLauncherKeys } from './launch/check-launcher-keys.ts'
import {
  ENV_KEY,
  ENV_VALUE,
  FOLDER,
  IMAGE,
  MOD,
  SERVED_NAME,
  SIZE,
  VISIBLE,
  VOLUME,
} from './recipe/patterns.ts'
import { checkRestore, MemoryFloor, Restore } from './safety/settings.ts'

/** What a pattern wants, in words, for messages. */
const expects = (words: string) => ({ 'x-expects': words })
const A_VOLUME =
  '"/folder:/in/container", with ":ro" behind it or not, of letters, digits and . _ / @ + -'
const WORD_EXPECTED = 'a word without control characters, of at most 4096 characters'

/** The keys of a `kind: vllm` service in topology.yaml. */
export const Settings = Type.Object({
  nodes: Type.Optional(
    Type.Array(HostRef(), {
      minItems: 1,
      maxItems: 8,
      description:
        'machines a model may span; the first is the head and equals host; default: the host alone',
    }),
  ),
  launcher: Type.Optional(
    Type.Union([Type.Literal('launch-cluster'), Type.Literal('docker'), Type.Literal('command')], {
      description: 'how engines are started; default: by the keys there are, else docker',
    }),
  ),
  launcher_dir: Type.Optional(
    Type.String({
      pattern: FOLDER,
      ...expects('a folder such as ~/spark-vllm-docker'),
      description: 'folder of launch-cluster.sh on the head; default: ~/spark-vllm-docker',
    }),
  ),
  container: Type.Optional(
    ContainerName({
      description:
        'name of the container; default: vllm_node with launch-cluster, sc-<service> with docker',
    }),
  ),
  image: Type.Optional(
    Type.String({
      pattern: IMAGE,
      ...expects('an image such as vllm/vllm-openai:latest'),
      description:
        'image of the engine; default: vllm-node with launch-cluster, vllm/vllm-openai:latest with docker',
    }),
  ),
  manage: Type.Boolean({ default: true, description: 'false: watched, never touched' }),
  gpus: Type.Optional(
    GpuList({
      description: 'GPUs the engine may use, as nvidia-smi -L numbers them; default: all',
    }),
  ),
  shm_size: Type.Optional(
    Type.String({
      pattern: SIZE,
      ...expects('a size such as 16g or 512m'),
      description: "size of /dev/shm; default: the machine's",
    }),
  ),
  volumes: Type.Optional(
    Type.Array(Type.String({ pattern: VOLUME, ...expects(A_VOLUME) }), {
      maxItems: 32,
      description: 'further mounts: host:container or host:container:ro',
    }),
  ),
  mods: Type.Optional(
    Type.Array(Type.String({ pattern: MOD, ...expects('a folder in that of the launcher') }), {
      maxItems: 16,
      description: 'mods of launch-cluster.sh for every model',
    }),
  ),
  args: Type.Optional(
    Type.Array(Type.String({ pattern: VISIBLE, ...expects(WORD_EXPECTED) }), {
      maxItems: 64,
      description: 'flags of vllm serve for every model',
    }),
  ),
  commands: Type.Optional(
    Type.Object(
      {
        start: Type.Array(Type.String({ pattern: VISIBLE, ...expects(WORD_EXPECTED) }), {
          minItems: 1,
          maxItems: 128,
          description: 'program and arguments; {model}, {port} and {args} are filled in',
        }),
      },
      { additionalProperties: false, description: 'the program that serves, without a container' },
    ),
  ),
  serve_as: Type.Array(Type.String({ pattern: SERVED_NAME }), {
    default: [],
    maxItems: 16,
    description: 'further names every loaded model answers to',
  }),
  hf_token: Type.Optional(
    Secret({
      description:
        "token of the Hugging Face hub, for private and gated models; default: the host's own",
    }),
  ),
  env: Type.Record(Type.String({ pattern: ENV_KEY }), Type.String({ pattern: ENV_VALUE }), {
    default: {},
    additionalProperties: false,
    description: 'environment of the engine',
  }),
  on_demand: Type.Optional(OnDemand),
  memory_floor: Type.Optional(MemoryFloor),
  restore: Restore,
})
export type Settings = Static<typeof Settings>

/** The machines of a service, head first. */
export function nodesOf(settings: Settings, host: string): string[] {
  return settings.nodes?.length ? settings.nodes : [host]
}

/** Cross-checks of a service's own keys. */
export function checkSettings(
  service: CheckedService<Settings>,
  topology: Topology,
): KindMistake[] {
  const { settings, host } = service
  const mistakes = [...checkOnDemand(settings), ...checkRestore(settings)]
  const nodes = settings.nodes ?? []
  nodes.forEach((node, index) => {
    if (nodes.indexOf(node) < index) {
      mistakes.push({
        at: `nodes.${index}`,
        code: 'NODE_TWICE',
        message: `"${node}" stands twice in nodes`,
      })
    }
  })
  if (host !== undefined && nodes.length > 0 && nodes[0] !== host) {
    mistakes.push({
      at: 'nodes.0',
      code: 'HEAD_NOT_HOST',
      message: `the first of nodes is "${nodes[0]}", host is "${host}"`,
      hint: `the first node is the head and must be the host: put "${host}" first`,
    })
  }
  if (!settings.manage) return mistakes
  if (host === undefined) {
    mistakes.push({
      at: 'manage',
      code: 'MANAGE_NEEDS_HOST',
      message: 'a service given by url cannot be started or stopped from here',
      hint: 'add manage: false, or give host and port instead of url',
    })
    return mistakes
  }
  mistakes.push(...checkLauncherKeys(service, topology))
  nodesOf(settings, host).forEach((node, index) => {
    const at = settings.nodes ? `nodes.${index}` : 'manage'
    const spec = topology.hosts[node]
    if (spec) mistakes.push(...checkHost(node, spec, at))
  })
  return mistakes
}

const folder = new RegExp(FOLDER)

function checkHost(id: string, spec: HostSpec, at: string): KindMistake[] {
  const mistakes: KindMistake[] = []
  if (!spec.local && spec.user === undefined) {
    mistakes.push({
      at,
      code: 'MANAGE_NEEDS_SSH',
      message: `host "${id}" has no user, so nothing can be started on it`,
      hint: `give hosts.${id} a user, or add manage: false`,
    })
  }
  // the launcher hands it on unquoted, for workers through a second shell
  if (spec.hf_home !== undefined && !folder.test(spec.hf_home)) {
    mistakes.push({
      at,
      code: 'HF_HOME_UNSAFE',
      message: `hf_home of host "${id}" is ${JSON.stringify(spec.hf_home)}, which the launcher would take apart`,
      hint: 'use letters, digits and . _ / @ + - only, or link such a folder to it',
    })
  }
  return mistakes
}
