import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWhere } from '../core/testing/real/describe-where.ts'
import { clearFolder, clearLeftovers, makeFolder } from '../core/testing/real/leftovers.ts'
import { waitUntil } from '../core/testing/real/wait-until.ts'
import type { HostView, JobView } from '../core/views.ts'
import { reachRegistry } from './npm/registry.ts'
import { whyNoDebian } from './testing/debian-root.ts'
import {
  type SystemdMachine,
  startSystemdMachine,
  whyNoSystemd,
} from './testing/systemd-machine.ts'

const ROOT = join(import.meta.dirname, '..')
const UNIT = 'spark-control'
const run = promisify(execFile)

describeWhere(
  whyNoSystemd() ?? whyNoDebian() ?? (await reachRegistry()),
  'the unit under systemd',
  () => {
    let folder: string
    let machine: SystemdMachine

    const property = (name: string) =>
      machine.run(`systemctl show --property=${name} --value ${UNIT}`)
    const journal = () => machine.run(`journalctl --unit ${UNIT} --no-pager --lines 30`)
    /** Waits for an answer that is as wanted; the journal says why none came. */
    const answer = async <T>(path: string, isWanted: (body: T) => boolean): Promise<T> => {
      let body: T | undefined
      const look = async () => {
        body = await machine.ask<T>(path).then(
          (reply) => reply.body,
          () => undefined,
        )
        return body !== undefined && isWanted(body)
      }
      await waitUntil(look, {
        withinMs: 90_000,
        otherwise: () => `${path}: ${JSON.stringify(body)}`,
      }).catch(async (error) => Promise.reject(new Error(`${error.message}\n${await journal()}`)))
      return body as T
    }
    const isUp = () => answer<{ status: string }>('/healthz', ({ status }) => status === 'ok')

    beforeAll(async () => {
      await clearLeftovers()
      folder = makeFolder()
      machine = await startSystemdMachine(folder)
      const pack = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: ROOT })
      const [{ filename }] = JSON.parse(pack.stdout)
      cpSync(join(folder, filename), join(machine.root, 'root', filename))
      const dropIn = join(machine.root, `etc/systemd/system/${UNIT}.service.d`)
      mkdirSync(dropIn, { recursive: true })
      const quick = '[Service]\nEnvironment=SPARK_CONTROL_SANDBOX_SPEED=60\n'
      writeFileSync(join(dropIn, 'quick.conf'), quick)
      // in the words of docs/install.md
      const page = readFileSync(join(ROOT, 'docs/install.md'), 'utf8')
      const [, commands = ''] = /```sh systemd\n(.*?)```/s.exec(page) ?? []
      const flags = '--prefer-offline --no-audit --no-fund'
      const script = commands.replace(
        /(npm install .*) spark-control$/m,
        `$1 ${flags} ./${filename}`,
      )
      expect(script).toContain(filename)
      await machine.run(`sudo() { "$@"; }\n${script}`)
      await isUp()
    }, 600_000)
    afterAll(async () => {
      await machine?.close()
      await clearFolder(folder)
    })

    it('runs the Node that npm brought along, locked in as the unit says', async () => {
      const pid = await property('MainPID')
      expect(await machine.run(`readlink /proc/${pid}/exe`)).toMatch(/^\/opt\/spark-control\//)
      const status = await machine.run(`cat /proc/${pid}/status /proc/${pid}/uid_map`)
      expect(status).toMatch(/^CapBnd:\s+0+$/m)
      expect(status).toMatch(/^NoNewPrivs:\s+1$/m)
      expect(status).toMatch(/^Seccomp:\s+2$/m)
      // its user and root, and nobody else
      const [, uid] = /^Uid:\s+(\d+)/m.exec(status) ?? []
      expect(Number(uid)).toBeGreaterThan(60_000)
      expect(status.match(/^ +\d+ +\d+ +1$/gm)?.length).toBe(2)
      const mounts = await machine.run(`cat /proc/${pid}/mountinfo`)
      expect(mounts).toMatch(/ \/ ro,/)
      expect(mounts).toMatch(/ \/var\/lib\/(private\/)?spark-control rw,/)
    })

    it('keeps its data where nobody else may look', async () => {
      const data = statSync(join(machine.root, 'var/lib/private/spark-control'))
      expect([data.mode & 0o777, data.uid > 60_000]).toEqual([0o700, true])
    })

    it('reaches machines by SSH, and uses its threads', async () => {
      const { hosts } = await answer<{ hosts: HostView[] }>('/api/hosts', ({ hosts }) =>
        hosts.every(({ state }) => state === 'ok'),
      )
      expect(hosts.length).toBe(2)
      const text = 'Write to alice@example.org.'
      const { status, body } = await machine.ask<{ text: string }>('/scrub', { text })
      expect([status, body.text]).toEqual([
        200,
        expect.stringMatching(/^Write to \[\[EMAIL\w+\]\]\.$/),
      ])
    })

    it('reads its topology again when it is told to, and goes on', async () => {
      const pid = await property('MainPID')
      await machine.run(`systemctl reload ${UNIT}`)
      await isUp()
      expect(await property('MainPID')).toBe(pid)
    })

    it('is started again when it was killed, and ends the swap it was at', async () => {
      const model = 'nvidia/Gemma-4-26B-A4B-NVFP4'
      const { status, body } = await machine.ask<{ job: JobView }>('/api/swap', { model })
      expect(status, JSON.stringify(body)).toBe(202)
      await machine.run(`kill -KILL ${await property('MainPID')}`)
      const job = await answer<JobView>(
        `/api/jobs/${body.job.id}`,
        ({ ended_at }) => ended_at !== null,
      )
      expect(job).toMatchObject({ state: 'succeeded' })
      expect(await property('NRestarts')).toBe('1')
    })

    it('survives being told to reload before it has started', async () => {
      await machine.run(`systemctl restart ${UNIT} && systemctl reload ${UNIT}`)
      await isUp()
      expect(await property('ActiveState')).toBe('active')
    })

    it('ends when it is told to, and leaves no process behind', async () => {
      const { uid } = statSync(join(machine.root, 'var/lib/private/spark-control'))
      expect(await machine.run(`pgrep --uid ${uid}`)).not.toBe('')
      await machine.run(`systemctl stop ${UNIT}`)
      expect([await property('Result'), await property('ExecMainStatus')]).toEqual(['success', '0'])
      expect(await machine.run(`pgrep --list-full --uid ${uid} || true`)).toBe('')
    })

    it('takes the topology that is put into its folder', async () => {
      const example = '/opt/spark-control/node_modules/spark-control/dist/npm/topology.example.yaml'
      await machine.run(
        `cp ${example} /var/lib/spark-control/topology.yaml && systemctl start ${UNIT}`,
      )
      await answer<{ simulated: boolean }>('/healthz', ({ simulated }) => !simulated)
    })
  },
)
