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
    replaceFile(host.run, 'gate.json', JSON.stringify({ port, token }))
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
}

function readCall(socket: Socket, take: (request: Request) => void): void {
  let text = ''
  socket.setEncoding('utf8')
  const onData = (part: string) => {
    text += part
    const end = text.indexOf('\n')
    if (end < 0 && text.length < MAX_CALL_BYTES) return
    socket.off('data', onData)
    socket.resume() // so that the end of the caller is noticed
    try {
      take(JSON.parse(text.slice(0, end)) as Request)
    } catch {
      socket.destroy() // not one of our stand-ins
    }
  }
  socket.on('data', onData)
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
  const send = (kind: number, text: string) => {
    if (!socket.writable) return
    const payload = Buffer.from(text)
    const head = Buffer.alloc(5)
    head.writeUInt8(kind, 0)
    head.writeUInt32BE(payload.length, 1)
    socket.write(Buffer.concat([head, payload]))
  }
  const call: ToolCall = {
    args: request.args,
    cwd: request.cwd,
    env: request.env,
    out: (text) => send(1, text),
    err: (text) => send(2, text),
    signal: gone.signal,
  }
  try {
    send(3, String(await tool(call, host, cluster)))
  } catch (error) {
    if (gone.signal.aborted || cluster.closing.aborted) return void socket.destroy()
    send(2, `sandbox: ${error instanceof Error ? (error.stack ?? error.message) : error}\n`)
    send(3, '70')
  }
  socket.end()
}
