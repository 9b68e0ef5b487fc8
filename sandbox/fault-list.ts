import type { HostFaults, LaunchFault } from './faults.ts'
import type { SpeechFault } from './speech/faults.ts'

/** A fault as the dashboard offers it: `put` is the body of `PUT /faults/:host`. */
export interface Fault {
  id: string
  label: string
  explanation: string
  put: HostFaults
  /** The host it is meant for; default: the first, where the language model is. */
  host?: string
}

/** Every fault worth a button, in the order of use. */
export const FAULTS: readonly Fault[] = [
  launch('oom', 'Out of memory', 'The next launch runs out of GPU memory while loading weights.'),
  launch(
    'crash',
    'Crash while loading',
    'The engine process of the next launch dies; the container stays.',
  ),
  launch('slow', 'Slow start', 'The next launch takes eight times as long as usual, then serves.'),
  launch(
    'hang',
    'Stuck while loading',
    'The next launch stops in the middle of the weights for good.',
  ),
  launch(
    'kv-small',
    'Context too long',
    'The next launch has too little memory left for its context length.',
  ),
  launch(
    'kv-none',
    'No memory for the cache',
    'The next launch has no memory left for a cache at all.',
  ),
  launch(
    'memory-busy',
    'Memory taken',
    'The next launch finds the memory full of page cache and gives up.',
  ),
  launch('port', 'Port in use', 'The next launch finds its HTTP port taken by another program.'),
  launch(
    'arch',
    'Model too new',
    'The image of the next launch does not know the model architecture.',
  ),
  launch(
    'parser',
    'Unknown parser',
    'The image of the next launch does not know the tool call parser.',
  ),
  launch(
    'remote-code',
    'Remote code needed',
    'The next launch wants trust_remote_code before it loads.',
  ),
  launch(
    'hub',
    'Model not found',
    'The next launch cannot find the model in the cache and may not download.',
  ),
  launch('nccl', 'Fabric broken', 'The next launch fails to connect the hosts over the fast link.'),
  launch(
    'missing-image',
    'Image missing',
    'The container image is gone when the next launch wants it.',
  ),
  launch(
    'dispatch-without-container',
    'Dispatched, no container',
    'docker run fails in the next launch, yet the launcher reports success as the real one does.',
  ),
  fault('engine-die', 'Engine dies', 'The serving engine dies now; its container keeps running.', {
    engine: 'die',
  }),
  fault(
    'die-mid-stream',
    'Dies in an answer',
    'The engine dies in the middle of its next answer.',
    {
      engine: 'die-mid-stream',
    },
  ),
  fault(
    'hang-mid-stream',
    'Answer stops',
    'The next answer stops in the middle, the line stays open.',
    {
      engine: 'hang-mid-stream',
    },
  ),
  fault('busy', 'Busy GPU', 'Six phantom requests keep the GPU busy: slow answers, late health.', {
    busy: true,
  }),
  fault(
    'memory-falls',
    'Memory falls',
    'Another program takes all but 1 GiB of the memory that is left, and keeps it.',
    { memory: 'falls' },
  ),
  fault(
    'reboot',
    'Reboot',
    'The host restarts: every container and connection is gone, then it answers again.',
    { host: 'reboot' },
  ),
  fault('http-refuse', 'HTTP refused', 'The engine runs, but its HTTP port refuses connections.', {
    http: 'refuse',
  }),
  fault('http-hang', 'HTTP silent', 'The HTTP port accepts connections and never answers.', {
    http: 'hang',
  }),
  fault('http-error', 'HTTP 503', 'Every HTTP answer of the engine is 503.', { http: 'error' }),
  fault('ssh-refuse', 'SSH refused', 'The SSH port is closed and open connections are cut.', {
    ssh: 'refuse',
  }),
  fault('ssh-freeze', 'SSH frozen', 'SSH connections stay open and carry nothing more.', {
    ssh: 'freeze',
  }),
  fault('ssh-drop', 'SSH drops once', 'All SSH connections are cut now; new ones work.', {
    ssh: 'drop',
  }),
  fault('docker-down', 'Docker down', 'The docker daemon does not answer.', { docker: 'down' }),
  fault('docker-denied', 'Docker denied', 'The user may not talk to the docker daemon.', {
    docker: 'denied',
  }),
  fault('hub-offline', 'Hub out of reach', 'Downloads on this host do not reach the hub.', {
    hub: 'offline',
  }),
  fault('disk-full', 'Disk fills up', 'Downloads on this host find the disk full in the middle.', {
    hub: 'full',
  }),
  small(
    'tts-refuse',
    'Speech refused',
    'The speech server refuses connections, as while it loads.',
    {
      tts: 'refuse',
    },
  ),
  small('tts-hang', 'Speech silent', 'The speech server takes connections and never answers.', {
    tts: 'hang',
  }),
  small('tts-busy', 'Speech busy', 'The speech server speaks slowly, and its health is late.', {
    tts: 'busy',
  }),
  small('tts-error', 'Speech fails', 'Every answer of the speech server is an error of its GPU.', {
    tts: 'error',
  }),
  small('tts-cut', 'Speech breaks off', 'Streamed speech ends in the middle, without a word.', {
    tts: 'cut',
  }),
  small(
    'bot-broken',
    'Bot does not come up',
    'The next build of the Matrix bot makes an image that falls over at once.',
    { bot: 'broken' },
  ),
  small(
    'bot-key',
    'Deploy key refused',
    'The git server of the Matrix bot does not accept the deploy key.',
    { bot: 'key' },
  ),
  small('qdrant-busy', 'Qdrant busy', 'Qdrant answers that it has too many requests (429).', {
    qdrant: 'busy',
  }),
  small('qdrant-full', 'Qdrant full', 'Qdrant finds its disk full and takes nothing (507).', {
    qdrant: 'full',
  }),
  small('qdrant-stalls', 'Qdrant stalls', 'Qdrant takes a few more writes; further ones wait.', {
    qdrant: 'stalls',
  }),
  small('qdrant-down', 'Qdrant down', 'Qdrant refuses connections, those it has are cut.', {
    qdrant: 'down',
  }),
  speech('busy', 'Speech: busy GPU', 'Speech servers decode slowly and answer late.'),
  speech('crash', 'Speech: decode crashes', 'The next decode breaks off; its server goes on.'),
  speech('cuda', 'Speech: CUDA error', 'The next transcription is answered with an error of CUDA.'),
  speech('cut', 'Speech: answer cut', 'The next transcription is cut in the middle of its answer.'),
  speech('refuse', 'Speech: loading', 'Speech servers refuse connections, as while a model loads.'),
  fault('docker-stuck', 'Container will not stop', 'docker stop gives up; the container runs on.', {
    docker: 'stuck',
  }),
]

function fault(id: string, label: string, explanation: string, put: HostFaults): Fault {
  return { id, label, explanation, put }
}

function launch(id: LaunchFault, label: string, explanation: string): Fault {
  return fault(id, label, explanation, { next_launch: id })
}

/** A fault of one of the small servers, which are all on the second host. */
function small(...given: Parameters<typeof fault>): Fault {
  return { ...fault(...given), host: 'spark-2' }
}

function speech(kind: SpeechFault, label: string, explanation: string): Fault {
  return small(`speech-${kind}`, label, explanation, { speech: kind })
}
