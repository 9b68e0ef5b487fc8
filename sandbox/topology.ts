import type { Ports } from './ports.ts'

/** A host of the sandbox, as its user sees it. */
export interface SandboxHost {
  id: string
  address: string
  sshPort: number
  user: string
  /** Public host key in OpenSSH form, to be trusted beforehand. */
  hostKey: string
  /** Address on the simulated fast link. */
  fabric: string
  /** The home folder; models are planted in `.cache/huggingface/hub`. */
  home: string
}

/** The topology.yaml of the sandbox. */
export function writeTopology(
  hosts: readonly SandboxHost[],
  ports: Ports,
  hasBotSource: boolean,
): string {
  const entries = hosts.map(
    (host) => `  ${host.id}:
    address: ${host.address}
    user: ${host.user}
    ssh: { port: ${host.sshPort} }
    fabric: ${host.fabric}
`,
  )
  return `# Two simulated DGX Sparks on this machine. Nothing here is real hardware.
cluster: sandbox
hosts:
${entries.join('')}services:
  llm:
    kind: vllm
    host: spark-1
    port: ${ports.llm}
    nodes: [spark-1, spark-2]
    launcher_dir: ~/spark-vllm-docker
  llm-2:
    kind: vllm
    host: spark-2
    port: ${ports['llm-2']}
    nodes: [spark-2]
    launcher_dir: ~/spark-vllm-docker
    container: vllm_node_2
    manage: false
  board:
    kind: container
    host: spark-2
    port: ${ports.services.board}
    container: board
    health: /health
  matrix-bridge:
    kind: matrix-bridge
    host: spark-2
    directory: ${hasBotSource ? '~/matrix-bot' : "''"}
    container: matrix-bot
  tts: { kind: kokoro, host: spark-2, port: ${ports.services.tts} }
  embeddings:
    kind: embeddings
    host: spark-2
    port: ${ports.services.embeddings}
    container: bge-m3
    model: BAAI/bge-m3
    rerank: { port: ${ports.services.reranker}, container: reranker }
    qdrant: { port: ${ports.services.qdrant}, container: qdrant }
  redaction: { kind: redaction }
  asr:
    kind: parakeet
    host: spark-2
    port: ${ports.services.asr}
    container: parakeet-asr
    diarize: /v1/audio/diarization
    diarizer: { port: ${ports.services.diarizer}, container: diarizer }
`
}
