import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const ROOT = join(import.meta.dirname, '..')
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')
const page = read('docs/install.md')
const blocks = [...page.matchAll(/```sh.*?\n(.*?)```/gs)].map(([, text = '']) => text)
const words = blocks.join('').replaceAll('\\\n', ' ')

// npm's and Docker's blocks are run by packaging/npm/package.real.test.ts and packaging/docker/image.real.test.ts
describe('docs/install.md', () => {
  it('names only scripts of npm that there are', () => {
    const { scripts } = JSON.parse(read('package.json'))
    const named = [...words.matchAll(/npm run (\S+)/g)].map(([, name = '']) => name)
    expect(named.length).toBeGreaterThan(0)
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })

  it('names only commands of spark-control that there are', () => {
    const cli = read('core/cli.ts')
    const named = [...words.matchAll(/(?:npx spark-control|main\.js) ([a-z]+)/g)].map(
      ([, name]) => name,
    )
    expect(named).toEqual(expect.arrayContaining(['example', 'check']))
    expect(named.filter((name) => !cli.includes(`.command('${name}'`))).toEqual([])
  })

  it('links to files that there are', () => {
    const links = [...page.matchAll(/\]\(([^)#]+)\)/g)].map(([, link = '']) => link)
    expect(links.filter((link) => !existsSync(join(ROOT, 'docs', link)))).toEqual([])
  })
})

describe('compose.yaml', () => {
  const { services, volumes } = parse(read('compose.yaml'))
  const dockerfile = read('Dockerfile')
  const run = /docker run (.*?)\n```/s.exec(page)?.[1] ?? ''

  it('says what docker run of the page says', () => {
    const { 'spark-control': service } = services
    expect(run).toContain(`--publish ${service.ports[0]}`)
    expect(run).toContain(`--restart ${service.restart}`)
    expect(run).toContain(`--cap-drop ${service.cap_drop[0]}`)
    expect(run).toContain('--read-only')
    expect(service.read_only).toBe(true)
    expect(service.security_opt).toEqual(['no-new-privileges:true'])
    expect(run).toContain('--security-opt no-new-privileges')
    expect(service.tmpfs[0]).toMatch(/^\/tmp:/)
  })

  it('keeps the volume and publishes the port of the image', () => {
    const [, volume] = /^VOLUME (\S+)$/m.exec(dockerfile) ?? []
    const [, port] = /^EXPOSE (\d+)$/m.exec(dockerfile) ?? []
    const [named = '', place] = services['spark-control'].volumes[0].split(':')
    expect([place, services['spark-control'].ports[0]]).toEqual([volume, `${port}:${port}`])
    expect(Object.keys(volumes)).toEqual([named])
    // a container that was run by the page finds its data when compose takes over, and the other way round
    expect(run).toContain(`--volume ${volumes[named].name}:${place}`)
    expect(run).toContain(`--name ${services['spark-control'].container_name} `)
  })
})

it('every base image of the Dockerfile is pinned by digest, and no user but 1000 runs it', () => {
  const dockerfile = read('Dockerfile')
  const bases = [...dockerfile.matchAll(/^ARG \w+_IMAGE=(\S+)/gm)].map(([, image = '']) => image)
  expect(bases.length).toBe(2)
  for (const base of bases) expect(base).toMatch(/^[a-z:0-9.-]+@sha256:[0-9a-f]{64}$/)
  const from = [...dockerfile.matchAll(/^FROM (?:--platform=\S+ )?(\S+)/gm)].map(
    ([, image]) => image,
  )
  expect(from.filter((image) => !/^\$\{\w+_IMAGE\}$/.test(image ?? ''))).toEqual([])
  expect(dockerfile.match(/^USER .*$/gm)).toEqual(['USER 1000:1000'])
})
