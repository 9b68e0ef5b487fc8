import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createLooks, type Look } from './looks.ts'

/** What a simulator is told, and what it answers to each. */
export type Order =
  | { do: 'start'; hosts: number; hostKey: string }
  /** From now on these hosts (counted from 0) take connections and say nothing. */
  | { do: 'hang'; hosts: number[] }
  | { do: 'reset' }
  | { do: 'report' }
export type Answer = { ports?: number[][]; looks?: Look[] }

/** Part of the simulated cluster in a process of its own, whose CPU time nobody counts. */
export interface Simulator {
  tell(order: Order): Promise<Answer>
  end(): void
}

/** Starts one of the files beside this one. */
export function startSimulator(file: string): Simulator {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)))
  return {
    tell: (order) =>
      new Promise((resolve, reject) => {
        const gone = (code: number | null) => reject(new Error(`${file} ended with ${code}`))
        child.once('exit', gone)
        child.once('message', (answer: Answer) => {
          child.off('exit', gone)
          resolve(answer)
        })
        child.send(order)
      }),
    end: () => void child.kill('SIGTERM'),
  }
}

/** The other side, given how to start one host (its ports); whom it looks at and who hangs is kept here. */
export function serveHosts(startHost: (host: number, hostKey: string) => Promise<number[]>) {
  const looks = createLooks()
  const hanging = new Set<number>()
  const obey = async (order: Order): Promise<Answer> => {
    switch (order.do) {
      case 'start': {
        const hosts = Array.from({ length: order.hosts }, (_, host) =>
          startHost(host, order.hostKey),
        )
        return { ports: await Promise.all(hosts) }
      }
      case 'hang':
        for (const host of order.hosts) hanging.add(host)
        return {}
      case 'reset':
        looks.reset()
        return {}
      case 'report':
        return { looks: looks.all() }
    }
  }
  process.on('message', async (order: Order) => process.send?.(await obey(order)))
  process.on('disconnect', () => process.exit())
  return { looks, hanging }
}
