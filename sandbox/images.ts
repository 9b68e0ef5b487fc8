import { noticeBoard } from './board/board.ts'
import { botImage } from './bot/bot-image.ts'
import type { Cluster, SimHost } from './cluster.ts'
import { bgeM3, teiReranker } from './search/embeddings.ts'
import { qdrantImage } from './search/qdrant-image.ts'
import { startDiarizer } from './speech/diarizer.ts'
import { speechImage } from './speech/speech-image.ts'
import { startSttServer } from './speech/stt-server.ts'
import { kokoroServer } from './tts/image.ts'

/** A plain server that runs in a container of its own. */
export interface ServerImage {
  /** How long it "loads" before its port answers, in simulated ms; until then it is refused. */
  loadMs: number
  /** Memory it takes on the host. */
  memoryBytes: number
  /** Whether the image has a HEALTHCHECK: starting while it loads, healthy afterwards. */
  hasHealthcheck?: boolean
  /** Starts the server on 127.0.0.1:port; the returned close ends it and its connections. */
  serve(context: ServeContext): Promise<{ close(): Promise<void> }>
}

export interface ServeContext {
  host: SimHost
  cluster: Cluster
  port: number
  env: Record<string, string>
  /** Writes a line of the container's log. */
  log(line: string): void
}

/** Every image of a plain server, by its name as `docker images` shows it (with its tag). */
export const SERVER_IMAGES: Readonly<Record<string, ServerImage>> = {
  'notice-board:1.4': noticeBoard,
  'matrix-bot:latest': botImage,
  'kokoro-fastapi-gpu:0.8.1': kokoroServer,
  'bge-m3-server:1.3': bgeM3,
  'text-embeddings-inference:1.9': teiReranker,
  'qdrant/qdrant:v1.19.0': qdrantImage,
  'parakeet-asr:0.6b-v3': speechImage(startSttServer, 500 * 1024 ** 2),
  'sortformer:4spk-v2': speechImage(startDiarizer, 150 * 1024 ** 2),
}
