import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { wireOf } from '../hosts/sh.ts'
import { listenOnLoopback } from '../hosts/testing/listen.ts'
import { isPresent } from '../testing/real/is-present.ts'
import { parseSurvey, surveyCommand } from './survey.ts'

const SEEN = `=runtime docker
vllm_node|vllm-node:latest
Error: no line of a container
speech|localhost:5000/parakeet@sha256:00ff
=ports
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:22B8 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1
   1: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 2
   2: 0B01A8C0:0016 0101A8C0:D431 01 00000000:00000000 00:00000000 00000000  1000        0 3
   0: 00000000000000000000000001000000:18EB 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 1000 0 4
   1: 0000000000000000FFFF00000100007F:18EC 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 1000 0 5
   2: 00000000000000000000000000000000:1F40 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 1000 0 6
=home
models
spark-vllm-docker
=end
`

describe('a survey', () => {
  it('tells containers, ports other machines can reach, and the home folder', () => {
    expect(parseSurvey(SEEN)).toEqual({
      runtime: 'docker',
      runtimeTrouble: null,
      containers: [
        { name: 'vllm_node', image: 'vllm-node:latest' },
        { name: 'speech', image: 'localhost:5000/parakeet@sha256:00ff' },
      ],
      ports: [
        { port: 6379, isOpen: false },
        { port: 6380, isOpen: false },
        { port: 8000, isOpen: true },
        { port: 8888, isOpen: true },
      ],
      home: ['models', 'spark-vllm-docker'],
    })
  })

  it('says what docker said instead, and knows a machine without any runtime', () => {
    const denied =
      '=runtime docker\npermission denied while trying to connect\n=trouble 1\n=ports\n=home\n=end\n'
    expect(parseSurvey(denied)).toMatchObject({
      ...{ runtime: 'docker', containers: [] },
      runtimeTrouble: 'permission denied while trying to connect',
    })
    expect(parseSurvey('=ports\n=home\n=end\n')).toMatchObject({ runtime: null, ports: [] })
  })
})

describe('the script', () => {
  const folder = mkdtempSync(join(tmpdir(), 'survey-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'docker'), '#!/bin/sh\necho "one|image:1"\n')
  chmodSync(join(folder, 'docker'), 0o755)
  const shells: string[][] = [['dash'], ['bash'], ['busybox', 'sh']]

  it.each(shells.filter(([name = '']) => isPresent(name)))(
    'sees what this machine listens on, in %s',
    async (...words) => {
      const server = createServer()
      const { port, close } = await listenOnLoopback(server)
      const [program = '', ...more] = words.filter((word) => word !== undefined)
      const { stdout, stderr } = spawnSync(`/usr/bin/${program}`, [...more, '-s'], {
        input: wireOf(surveyCommand()).stdin ?? '',
        encoding: 'utf8',
        env: { PATH: `${folder}:/usr/bin:/bin`, HOME: folder },
      })
      await close()
      expect(stderr).toBe('')
      expect(parseSurvey(stdout)).toMatchObject({
        ...{ runtime: 'docker', containers: [{ name: 'one', image: 'image:1' }] },
        ports: expect.arrayContaining([{ port, isOpen: false }]),
        home: ['docker'],
      })
    },
  )
})
