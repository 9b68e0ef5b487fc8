import { execFileSync } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { canRunExamples, runDocExamples } from '../doc-examples.ts'
import { startTestCluster, type TestCluster } from '../test-cluster.ts'

const read = (page: string) =>
  readFileSync(new URL(`../../../docs/${page}`, import.meta.url), 'utf8')

let cluster: TestCluster

beforeAll(async () => {
  cluster = await startTestCluster({
    topology: (yaml) => `${yaml}  bot:
    kind: matrix-bridge
    host: spark-2
    directory: ~/bot
    container: bot
    build: [./build.sh]
    up: [./up.sh]
`,
  })
  plantBot(cluster.sandbox.hosts.find(({ id }) => id === 'spark-2')?.home ?? '')
})
afterAll(() => cluster?.close())

/** A bot that runs from a clone, with a version on its branch that it does not have yet. */
function plantBot(home: string): void {
  const [origin, work] = [join(home, 'origin'), join(home, 'bot')]
  const run = (folder: string, program: string, ...words: string[]) =>
    execFileSync(program, words, {
      cwd: folder,
      env: { ...process.env, PATH: `${join(home, '..', 'bin')}:${process.env.PATH}` },
    })
  const publish = (image: string) => {
    writeFileSync(join(origin, 'build.sh'), `#!/bin/sh\ndocker tag ${image} bot:latest\n`)
    writeFileSync(
      join(origin, 'up.sh'),
      '#!/bin/sh\ndocker rm -f bot > /dev/null 2>&1\ndocker run -d --name bot bot sleep infinity\n',
    )
    for (const name of ['build.sh', 'up.sh']) chmodSync(join(origin, name), 0o755)
    const who = ['-c', 'user.name=Alice', '-c', 'user.email=alice@example.org']
    run(origin, 'git', 'add', '-A')
    run(origin, 'git', ...who, 'commit', '-qm', `on ${image}`)
  }
  run(home, 'git', 'init', '-q', '-b', 'main', origin)
  publish('vllm-node')
  run(home, 'git', 'clone', '-q', origin, work)
  run(work, './build.sh')
  run(work, './up.sh')
  publish('vllm-node-tf5')
}

const run = async (page: string, skip: (why: string) => void) => {
  if (!(await canRunExamples())) skip('curl or jq is not installed')
  return (await runDocExamples(read(page), cluster.url)).examples
}

it('every example of docs/CHAT_API.md does what it says', async ({ skip }) => {
  expect(await run('CHAT_API.md', skip)).toBe(10)
})

it('every example of docs/CONTAINERS.md does what it says', async ({ skip }) => {
  expect(await run('CONTAINERS.md', skip)).toBe(5)
})
