import { randomBytes } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import type { Cluster, SimHost, Tool, ToolCall } from '../cluster.ts'
import { replaceFile } from '../host/memory.ts'
import { closeServer, listen } from '../ports.ts'

const MAX_CALL_BYTES = 1024 * 1024

/** Answers the stand-ins of all hosts on one loopback port, each host by its own token. */
export async function startGate(
  cluster: Cluster,
  port: number,
  tools: Readonly<Record<string, Tool>>,
): Promise<{ close(): Promise<void> }> {
  const hostOf = new Map<string, SimHost>()
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => sockets.delete(socket))
    readCall(socket, (request) => {
      const host = hostOf.get(String(request.token))
      const tool = Object.hasOwn(tools, request.tool) ? tools[request.tool] : undefined
      if (!host || !tool) socket.destroy()
      else void answer(socket, request, tool, host, cluster)
    })
  })
  if (!(await listen(server, port))) throw new Error(`port ${port} on 127.0.0.1 is taken`)
  for (const host of cluster.hosts) {
    const token = randomBytes(16).toString('hex')
    hostOf.set(token, host)
    replaceFile(host.run, 'gate', `${port} ${token}\n`)
  }
  return {
    async close() {
      for (const socket of sockets) socket.destroy()
      await closeServer(server)
    },
  }
}

interface Request {
  token: string
  tool: string
  args: string[]
  cwd: string
  env: Record<string, string>
  /** Answered once and whole, for a shell to read. */
  isWhole?: boolean
}

function readCall(socket: Socket, take: (request: Request) => void): void {
  let text = ''
  socket.setEncoding('utf8')
  const onData = (part: string) => {
    text += part
    try {
      const request = text.startsWith('{') ? fromLine(text) : fromWords(text)
      if (!request && text.length < MAX_CALL_BYTES) return
      socket.off('data', onData)
      socket.resume() // so that the end of the caller is noticed
      if (request) take(request)
      else socket.destroy()
    } catch {
      socket.destroy() // not one of our stand-ins
    }
  }
  socket.on('data', onData)
}

/** What call.ts sends: JSON on a line. Undefined until it is there. */
function fromLine(text: string): Request | undefined {
  const end = text.indexOf('\n')
  return end < 0 ? undefined : (JSON.parse(text.slice(0, end)) as Request)
}

/** What a shell sends, each ended by NUL: token, tool, how many words follow, and those. */
function fromWords(text: string): Request | undefined {
  const [token = '', tool = '', count = 'none yet', ...rest] = text.split('\0')
  // behind the last NUL is one more, empty
  const isThere = rest.length > Number(count)
  if (!isThere) return undefined
  return { token, tool, args: rest.slice(0, Number(count)), cwd: '/', env: {}, isWhole: true }
}

async function answer(
  socket: Socket,
  request: Request,
  tool: Tool,
  host: SimHost,
  cluster: Cluster,
): Promise<void> {
  const gone = new AbortController()
  socket.once('close', () => gone.abort(new Error('the caller is gone')))
  const { out, err, end } = request.isWhole ? inOnePiece(socket) : inFrames(socket)
  const { args, cwd, env } = request
  const call: ToolCall = { args, cwd, env, out, err, signal: gone.signal }
  try {
    end(await tool(call, host, cluster))
  } catch (error) {
    if (gone.signal.aborted || cluster.closing.aborted) return void socket.destroy()
    err(`sandbox: ${error instanceof Error ? (error.stack ?? error.message) : error}\n`)
    end(70)
  }
}

interface Reply extends Pick<ToolCall, 'out' | 'err'> {
  end(status: number): void
}

/** As it comes. A frame: 1 standard output, 2 standard error, 3 the exit status as text; its length; itself. */
function inFrames(socket: Socket): Reply {
  const send = (kind: number, text: string) => {
    if (!socket.writable) return
    const payload = Buffer.from(text)
    const head = Buffer.alloc(5)
    head.writeUInt8(kind, 0)
    head.writeUInt32BE(payload.length, 1)
    socket.write(Buffer.concat([head, payload]))
  }
  return {
    out: (text) => send(1, text),
    err: (text) => send(2, text),
    end: (status) => {
      send(3, String(status))
      socket.end()
    },
  }
}

/** At the end: exit status, NUL, standard error, NUL, standard output. */
function inOnePiece(socket: Socket): Reply {
  let [output, errors] = ['', '']
  return {
    out: (text) => {
      output += text
    },
    err: (text) => {
      errors += text
    },
    end: (status) => void socket.end(`${status}\0${errors.replaceAll('\0', '')}\0${output}`),
  }
}
