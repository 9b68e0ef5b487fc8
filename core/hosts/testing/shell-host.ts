import { spawn } from 'node:child_process'
import { ControlError } from '../../errors.ts'
import type { ExecResult, Host, HostSpec } from '../host.ts'
import { wireOf } from '../sh.ts'

export interface ShellHostOptions {
  /** HOME of its commands. */
  home: string
  /** Folders before the system's on PATH. */
  bin?: string[]
  env?: Record<string, string>
  spec?: Partial<HostSpec>
}

/** A host whose commands really run, in a shell of this machine with a home of its own. */
export function createShellHost(id: string, options: ShellHostOptions): Host & { isDown: boolean } {
  const { home, bin = [], env = {}, spec } = options
  const exec: Host['exec'] = (command, { signal, input, onLine } = {}) => {
    if (host.isDown)
      return Promise.reject(new ControlError('HOST_UNREACHABLE', `${id} does not answer`))
    signal?.throwIfAborted()
    const { text, stdin } = wireOf(command)
    const child = spawn('/bin/sh', ['-c', text], {
      cwd: home,
      detached: true,
      env: { HOME: home, PATH: [...bin, process.env.PATH].join(':'), ...env },
    })
    const said = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8')
      child[name].on('data', (chunk: string) => {
        said[name] += chunk
        for (const line of chunk.split(/[\r\n]/)) if (line) onLine?.(line, name)
      })
    }
    child.stdin.on('error', () => undefined) // a command that does not read: the status tells
    child.stdin.end(input ?? stdin ?? '')
    return new Promise<ExecResult>((resolve, reject) => {
      const stop = () => {
        if (child.pid) process.kill(-child.pid, 'SIGKILL')
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', stop, { once: true })
      child.on('error', reject)
      child.on('close', (code) => {
        signal?.removeEventListener('abort', stop)
        resolve({ code: code ?? 137, ...said, isTruncated: false, durationMs: 1 })
      })
    })
  }
  const host = {
    id,
    isDown: false,
    address: '192.0.2.1',
    spec: {
      address: '192.0.2.1',
      user: 'alice',
      ssh: { port: 22 },
      model_dirs: [],
      container_runtime: 'docker',
      memory: 'auto',
      local: false,
      ...spec,
    } satisfies HostSpec,
    exec,
    run: (async (command, more) => {
      const said = await exec(command, more)
      if (said.code !== 0) throw new ControlError('COMMAND_FAILED', said.stderr)
      return said
    }) satisfies Host['run'],
  }
  return host
}
