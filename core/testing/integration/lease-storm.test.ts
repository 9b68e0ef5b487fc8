import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type SpawnedController, spawnController } from '../spawn-controller.ts'
import { thorough } from '../thorough.ts'

const ATTEMPTS = thorough(10_000, 1_500)
const CALLERS = 100
const KILLS = 3

interface Reply {
  status: number
  body: { token: string; fence: number; leases: { fence: number }[]; error?: { code: string } }
}

const folder = mkdtempSync(join(tmpdir(), 'lease-storm-'))
const file = join(folder, 'topology.yaml')
const agent = new Agent({ keepAlive: true, maxSockets: CALLERS })
let controller: SpawnedController
let port = '0'

const start = async (): Promise<void> => {
  const args = [file, '--data', folder, '--port', port, '--host', '127.0.0.1']
  controller = await spawnController(args)
  port = new URL(controller.url).port
}

beforeAll(async () => {
  // A machine without SSH, so that nothing but leases is at work.
  writeFileSync(file, 'hosts:\n  spark-1: { address: 192.168.255.254 }\n')
  await start()
})
afterAll(async () => {
  agent.destroy()
  await controller?.kill('SIGTERM')
  rmSync(folder, { recursive: true, force: true })
})

/** Undefined where the controller is away. */
function ask(method: string, token?: string, body?: object): Promise<Reply | undefined> {
  return new Promise((resolve) => {
    const headers = {
      ...(body && { 'content-type': 'application/json' }),
      ...(token && { 'x-lock-token': token }),
    }
    const path = '/api/coordination/lock'
    const req = request({ agent, host: '127.0.0.1', port, path, method, headers }, (res) => {
      let text = ''
      res.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      res.on('end', () => resolve({ status: res.statusCode ?? 0, body: JSON.parse(text) }))
      res.on('error', () => resolve(undefined))
    })
    req.on('error', () => resolve(undefined))
    req.end(body && JSON.stringify(body))
  })
}

it('thousands of callers at once over HTTP, the controller killed in between: one holder at any time, the fence rises', {
  timeout: 120_000,
}, async () => {
  const fences: number[] = []
  const others: string[] = []
  let answered = 0
  let kills = 0
  let holder: number | null = null
  let away: Promise<void> | undefined

  const hold = async (caller: number, { token, fence }: Reply['body']): Promise<void> => {
    expect(holder).toBeNull()
    holder = caller
    fences.push(fence)
    if (kills < KILLS && answered > (ATTEMPTS / (KILLS + 1)) * (kills + 1)) {
      kills++
      await controller.kill('SIGKILL')
      await start()
    }
    const seen = await ask('GET')
    expect(seen?.body.leases.map((lease) => lease.fence)).toEqual([fence])
    expect(await ask('PUT', token)).toMatchObject({ status: 200, body: { fence } })
    expect(holder).toBe(caller)
    holder = null
    expect(await ask('DELETE', token)).toMatchObject({ status: 200 })
    // The next holder may be killing the controller by now.
    const late = await ask('PUT', token)
    if (late) expect([late.status, late.body.error?.code]).toEqual([409, 'LEASE_LOST'])
  }

  const callers = Array.from({ length: CALLERS }, async (_, caller) => {
    while (answered < ATTEMPTS || kills < KILLS) {
      const reply = await ask('POST', undefined, { owner: `caller ${caller}`, ttl_s: 600 })
      if (!reply) {
        away ??= new Promise<void>((resolve) => setTimeout(resolve, 50)).then(() => {
          away = undefined
        })
        await away
        continue
      }
      answered++
      if (reply.status === 201) await hold(caller, reply.body)
      else if (reply.body.error?.code !== 'LEASE_HELD') others.push(JSON.stringify(reply))
    }
  })
  await Promise.all(callers)

  expect(others).toEqual([])
  expect(answered).toBeGreaterThanOrEqual(ATTEMPTS)
  expect(kills).toBe(KILLS)
  expect(fences.length).toBeGreaterThan(KILLS)
  expect(fences).toEqual([...new Set(fences)].sort((a, b) => a - b))
})
