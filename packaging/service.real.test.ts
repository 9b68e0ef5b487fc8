import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, it } from 'vitest'
import { describeWhere } from '../core/testing/real/describe-where.ts'

const ANALYZE = '/usr/bin/systemd-analyze'
const missing = existsSync(ANALYZE)
  ? undefined
  : `${ANALYZE} is missing (Debian: apt-get install systemd)`
const run = promisify(execFile)

describeWhere(missing, 'the systemd unit', () => {
  const folder = mkdtempSync(join(tmpdir(), 'systemd-unit-'))
  const text = readFileSync(join(import.meta.dirname, 'spark-control.service'), 'utf8')
  afterAll(() => rmSync(folder, { recursive: true }))

  it('has no mistake that systemd knows of', async () => {
    const unit = join(folder, 'spark-control.service')
    // the program has to be there for systemd to be content
    writeFileSync(unit, text.replace(/(?<=^ExecStart=)\S+/m, process.execPath))
    expect(await run(ANALYZE, ['verify', '--man=no', unit])).toEqual({ stdout: '', stderr: '' })
    writeFileSync(unit, text.replace('ProtectSystem=strict', 'ProtectSystem=sometimes'))
    const { stderr } = await run(ANALYZE, ['verify', '--man=no', unit]).catch((error) => error)
    expect(stderr).toMatch(/:\d+: Failed to parse protect system/)
  })

  it('is exposed to less than two of ten points', async () => {
    const unit = join(folder, 'spark-control.service')
    writeFileSync(unit, text)
    const args = ['security', '--offline=true', '--threshold=20', unit]
    const { stdout } = await run(ANALYZE, args, { env: { ...process.env, LANG: 'C.UTF-8' } })
    const [line, exposure] = /Overall exposure level.*: ([\d.]+)/.exec(stdout) ?? []
    console.info(line)
    expect(Number(exposure)).toBeLessThan(2)
  })
})
