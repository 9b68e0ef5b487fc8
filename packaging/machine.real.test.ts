import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeSlow } from '../core/testing/real/describe-where.ts'
import { clearFolder, clearLeftovers, makeFolder } from '../core/testing/real/leftovers.ts'
import { toneWav } from '../core/testing/tone-wav.ts'
import type { HostView, JobView, ServiceView } from '../core/views.ts'
import { shellBlock } from '../docs/testing/code-blocks.ts'
import { reachRegistry } from './npm/registry.ts'
import { copyCheckout } from './testing/checkout.ts'
import { whyNoDebian } from './testing/debian-root.ts'
import {
  type InstalledMachine,
  MODULES,
  startInstalledMachine,
  UNIT,
} from './testing/installed-machine.ts'
import { whyNoSystemd } from './testing/systemd-machine.ts'

const ROOT = join(import.meta.dirname, '..')

describeSlow(
  whyNoSystemd() ?? whyNoDebian() ?? (await reachRegistry()),
  'a machine with systemd',
  () => {
    let folder: string
    let machine: InstalledMachine

    const isUp = () =>
      machine.answer<{ status: string }>('/healthz', ({ status }) => status === 'ok')
    const isSimulated = (wanted: boolean) =>
      machine.answer<{ simulated: boolean }>('/healthz', ({ simulated }) => simulated === wanted)

    beforeAll(async () => {
      await clearLeftovers()
      folder = makeFolder()
      machine = await startInstalledMachine(folder, shellBlock('docs/install.md', 'systemd'))
      await isUp()
    }, 600_000)
    afterAll(async () => {
      await machine?.close()
      await clearFolder(folder)
    })

    describe('the unit', () => {
      it('runs the Node that npm brought along, locked in as the unit says', async () => {
        const pid = await machine.property('MainPID')
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
        const { hosts } = await machine.answer<{ hosts: HostView[] }>('/api/hosts', ({ hosts }) =>
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

      it('goes on when it is told to read its topology again', async () => {
        const pid = await machine.property('MainPID')
        await machine.run(`systemctl reload ${UNIT}`)
        await isUp()
        expect(await machine.property('MainPID')).toBe(pid)
      })

      it('is started again when it was killed, and ends the swap it was at', async () => {
        const model = 'nvidia/Gemma-4-26B-A4B-NVFP4'
        const { status, body } = await machine.ask<{ job: JobView }>('/api/swap', { model })
        expect(status, JSON.stringify(body)).toBe(202)
        await machine.run(`kill -KILL ${await machine.property('MainPID')}`)
        const job = await machine.answer<JobView>(
          `/api/jobs/${body.job.id}`,
          ({ ended_at }) => ended_at !== null,
        )
        expect(job).toMatchObject({ state: 'succeeded' })
        expect(await machine.property('NRestarts')).toBe('1')
      })

      it('survives being told to reload before it has started', async () => {
        // which fails, or is in time; either way it comes up
        await machine.run(`systemctl restart ${UNIT}; systemctl reload ${UNIT} || true`)
        await isUp()
        expect(await machine.property('ActiveState')).toBe('active')
      })

      it('ends when it is told to, and leaves no process behind', async () => {
        const { uid } = statSync(join(machine.root, 'var/lib/private/spark-control'))
        expect(await machine.run(`pgrep --uid ${uid}`)).not.toBe('')
        await machine.run(`systemctl stop ${UNIT}`)
        expect([
          await machine.property('Result'),
          await machine.property('ExecMainStatus'),
        ]).toEqual(['success', '0'])
        expect(await machine.run(`pgrep --list-full --uid ${uid} || true`)).toBe('')
      })

      it('takes the topology that is put into its folder', async () => {
        const example =
          '/opt/spark-control/node_modules/spark-control/dist/npm/topology.example.yaml'
        await machine.run(
          `cp ${example} /var/lib/spark-control/topology.yaml && systemctl start ${UNIT}`,
        )
        await machine.answer<{ simulated: boolean }>('/healthz', ({ simulated }) => !simulated)
      })
    })

    describe('a checkout, in the words of README.md', () => {
      const where = '/srv/checkout'
      beforeAll(() => copyCheckout(join(machine.root, where), MODULES))

      it('starts on a simulated cluster', async () => {
        const block = shellBlock('README.md', 'start')
        expect(shellBlock('docs/HANDOFF.md', 'start')).toBe(block)
        // its packages were installed before the tests
        await machine.start(block.replace(/^npm install$/m, ''), where)
        await isSimulated(true)
      })

      it('starts on a topology, and shows the line that lets it in', async () => {
        await machine.start(shellBlock('README.md', 'topology'), where)
        await isSimulated(false)
        expect(await machine.journal()).toMatch(
          /topology\.yaml: fine[\s\S]*To let it in by SSH[\s\S]*authorized_keys/,
        )
      })

      it('is bundled for StartOS', async () => {
        const said = await machine.run(`cd ${where}\n${shellBlock('docs/startos.md', 'bundle')}`)
        expect(said).toContain('start-cli should find everything it needs')
      })

      it('is given a new version', async () => {
        await machine.stop()
        const said = await machine.run(`cd ${where}\n${shellBlock('docs/install.md', 'bump')}`)
        const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
        const [major, minor] = version.split('.').map(Number)
        expect(said).toContain(`package.json: ${major}.${minor + 1}.0\n`)
        expect(said).toMatch(/:1$/)
      })
    })

    describe('the package, in the words of docs/HANDOFF.md and others', () => {
      const where = '/opt/spark-control'
      const say = (script: string) =>
        machine.run(
          `cd ${where}; export PATH=${where}/node_modules/.bin:$PATH; exec 2>&1\n${script}`,
        )
      const run = () => machine.start(shellBlock('docs/install.md', 'run'), where)

      it('starts on a simulated cluster, which transcribes a recording', async () => {
        await run()
        await machine.answer<{ services: ServiceView[] }>('/api/services', ({ services }) =>
          services.every(({ state }) => state === 'up'),
        )
        writeFileSync(join(machine.root, where, 'meeting.wav'), toneWav(4))
        expect(await say(shellBlock('docs/guides/audio-speech.md', 'try'))).toMatch(
          /faster than speech/,
        )
        await machine.stop()
      })

      it('finds machines, compares their keys, is let in and writes them down', async () => {
        await machine.run(
          'mkdir -p /home/alice && chown alice:alice /home/alice && ssh-keygen -A && systemctl start ssh',
        )
        await machine.run('for n in 101 102; do ip address add 192.168.1.$n/24 dev lo; done')
        const key = await machine.run('ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub')
        const [fingerprint = ''] = /SHA256:\S+/.exec(key) ?? []
        const shown = await say(`${shellBlock('docs/HANDOFF.md', 'discover').trim()} || true`)
        expect(shown).toContain(`192.168.1.102 shows the key ${fingerprint}`)
        const refused = await say(`${shellBlock('docs/HANDOFF.md', 'trust').trim()} || true`)
        const [, line = ''] = /or run there, as alice: (.*)/.exec(refused) ?? []
        writeFileSync(join(machine.root, 'home/alice/line.sh'), line, { mode: 0o644 })
        const alice = 'setpriv --reuid alice --regid alice --clear-groups env HOME=/home/alice'
        await machine.run(`${alice} sh -eu /home/alice/line.sh`)
        await machine.run(`rm -f ${where}/topology.yaml`)
        expect(await say(shellBlock('docs/HANDOFF.md', 'trust'))).toMatch(
          /written to topology\.yaml/,
        )
      })

      it('checks them, and finds nothing that is wrong', async () => {
        const found = await say(shellBlock('docs/HANDOFF.md', 'check'))
        expect(found).toMatch(
          /topology\.yaml: fine \(2 hosts[\s\S]*reached by SSH[\s\S]*reached by SSH/,
        )
        expect(found).not.toContain('✗')
        expect(await say(shellBlock('docs/guides/coming-from-first.md', 'check'))).toContain('✓')
        expect(await say(shellBlock('docs/topology.md', 'check'))).toMatch(/: fine/)
      })

      it('starts on them; its backup is put back, and they let it in as before', async () => {
        const isIn = () =>
          machine.answer<{ hosts: HostView[] }>(
            '/api/hosts',
            ({ hosts }) => hosts.length === 2 && hosts.every(({ state }) => state === 'ok'),
          )
        await run()
        await isIn()
        expect(await say(shellBlock('docs/runbook.md', 'first'))).toContain('"status":"ok"')
        expect(JSON.parse(await say(shellBlock('docs/HANDOFF.md', 'models')))).toMatchObject({
          object: 'list',
        })
        await machine.stop()
        await say(shellBlock('docs/HANDOFF.md', 'backup'))
        expect(await say('tar -tzf spark-control-backup.tar.gz')).not.toContain('sandbox')
        await say('rm -r topology.yaml data; tar -xzf spark-control-backup.tar.gz')
        await run()
        await isIn()
      })
    })
  },
)
