import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Look } from './looks.ts'

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

/** The other side: one answer to each order. */
export function serveOrders(handle: (order: Order) => Answer | Promise<Answer>): void {
  process.on('message', async (order: Order) => process.send?.(await handle(order)))
  process.on('disconnect', () => process.exit())
}
