import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import type { SimHost } from '../cluster.ts'

/** The shell commands of one host: started like sshd does it, all ended by `endAll`. */
export interface Shells {
  /** Runs `/bin/sh -c command` (or a login shell reading standard input) in a session of its own. */
  start(command: string | undefined, connection: string): ChildProcess
  /** Ends what still runs, whatever left its process group included. */
  endAll(): Promise<void>
}

const MARK = 'SPARK_SANDBOX_ROOT'

/** Shells of a host. */
export function createShells(host: SimHost, user: string): Shells {
  const running = new Set<ChildProcess>()
  const base = { HOME: host.home, USER: user, LOGNAME: user, SHELL: '/bin/sh' }
  const path = `${host.bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`
  return {
    start(command, connection) {
      const child = spawn('/bin/sh', command === undefined ? [] : ['-c', command], {
        cwd: host.home,
        detached: true, // a process group of its own, as under sshd
        stdio: ['pipe', 'pipe', 'pipe'],
        env: {
          ...base,
          PATH: path,
          SPARK_PROC: host.proc,
          SPARK_CGROUP: host.cgroup,
          HF_ENDPOINT: host.hubUrl,
          SSH_CONNECTION: connection,
          [MARK]: host.root,
        },
      })
      running.add(child)
      child.once('close', () => running.delete(child))
      child.once('error', () => running.delete(child))
      return child
    },
    async endAll() {
      const ended = [...running].map((child) => new Promise((done) => child.once('close', done)))
      for (const child of running) {
        if (child.pid !== undefined) killGroup(child.pid, 'SIGKILL')
        child.stdout?.destroy()
        child.stderr?.destroy()
      }
      for (const pid of findMarked(host.root)) kill(pid, 'SIGKILL')
      await Promise.all(ended)
    },
  }
}

/** Signals a process group; one that is gone is no error. */
export function killGroup(pid: number, signal: NodeJS.Signals): void {
  kill(-pid, signal)
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // already gone, which is what was wanted
  }
}

/**
 * Processes that carry the host's mark in their environment: the ones that called setsid. Only
 * Linux shows them; elsewhere they end by themselves when their stand-ins lose the sandbox.
 */
function findMarked(root: string): number[] {
  if (process.platform !== 'linux') return []
  const mark = `${MARK}=${root}\0`
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map(Number).filter((pid) => {
    if (pid === process.pid) return false
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark)
    } catch {
      return false // ended meanwhile, or of another user
    }
  })
}
