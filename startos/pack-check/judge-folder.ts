import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, parse } from 'node:path'
import { DATA, IMAGE_USER, PROGRAM, UI_PORT } from '../facts.ts'
import type { Built } from './judge-manifest.ts'

const MOST_ICON_BYTES = 40 * 1024
const ICONS = ['.svg', '.png', '.jpg', '.jpeg', '.webp']

/** What `start-cli s9pk pack` and s9pk.mk look for in the folder they run in. */
export function judgeFolder(root: string, manifest: Built): string[] {
  return [
    ...judgeIcon(root),
    ...judgeLicense(root, manifest),
    ...missing(root, ['instructions.md', 'package-lock.json', 'tsconfig.json', 'Makefile']),
    ...judgeAssets(root),
    ...judgeId(root, manifest),
    ...judgeImages(root, manifest),
  ]
}

/** start-cli takes every entry whose name without the last ending fits, folders too. */
const withStem = (root: string, stem: string): string[] =>
  readdirSync(root).filter((name) => parse(name).name.toLowerCase() === stem)

function judgeIcon(root: string): string[] {
  const [icon, ...more] = withStem(root, 'icon')
  if (icon === undefined) return ['there is no icon']
  if (more.length > 0) return [`there are several icons: ${[icon, ...more].join(', ')}`]
  const { size } = statSync(join(root, icon))
  return [
    ...(ICONS.includes(parse(icon).ext) ? [] : [`${icon} is no ${ICONS.join(', ')}`]),
    ...(size > MOST_ICON_BYTES ? [`${icon} is larger than 40 KiB`] : []),
  ]
}

function judgeLicense(root: string, { license }: Built): string[] {
  const [file, ...more] = withStem(root, 'license')
  if (file === undefined) return ['there is no licence']
  if (more.length > 0) return [`there are several licences: ${[file, ...more].join(', ')}`]
  const [title = ''] = readFileSync(join(root, file), 'utf8').split('\n')
  return title.includes(String(license))
    ? []
    : [`${file} is not the ${String(license)} licence: ${title}`]
}

const missing = (root: string, names: string[]): string[] =>
  names.filter((name) => !existsSync(join(root, name))).map((name) => `there is no ${name}`)

function judgeAssets(root: string): string[] {
  const assets = join(root, 'assets')
  return existsSync(assets) && readdirSync(assets).length > 0 ? [] : ['assets/ is missing or empty']
}

/** s9pk.mk names the package by `awk -F"'" '/id:/ {print $2}'` of this very file. */
function judgeId(root: string, { id }: Built): string[] {
  const file = join(root, 'startos', 'manifest', 'index.ts')
  if (!existsSync(file)) return ['there is no startos/manifest/index.ts']
  const found = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.includes('id:'))
    .map((line) => line.split("'")[1] ?? '')
  return found.join(' ') === id ? [] : [`make would call the package "${found.join(' ')}"`]
}

/** What an architecture is called in a Makefile. */
const MAKE_NAMES: Record<string, string> = { x86_64: 'x86', aarch64: 'arm', riscv64: 'riscv' }

function judgeImages(root: string, { images }: Built): string[] {
  const makefile = existsSync(join(root, 'Makefile'))
    ? readFileSync(join(root, 'Makefile'), 'utf8')
    : ''
  const made = (/^ARCHES\s*:=\s*(.+)$/m.exec(makefile)?.[1] ?? '').trim().split(/\s+/).sort()
  return Object.entries(images as Record<string, Image>).flatMap(([name, { source, arch }]) => {
    const wanted = arch.map((each) => MAKE_NAMES[each] ?? each).sort()
    const { workdir = '.', dockerfile } = source.dockerBuild ?? {}
    const built = dockerfile ?? join(workdir, 'Dockerfile')
    return [
      ...(wanted.join() === made.join()
        ? []
        : [`ARCHES has ${made.join()}, image ${name} has ${wanted.join()}`]),
      ...(source.dockerBuild ? missing(root, [built, join(workdir, '.dockerignore')]) : []),
      ...(source.dockerBuild ? judgeDockerfile(join(root, built)) : []),
      ...(source.dockerTag && !/:[^/]*\d/.test(source.dockerTag)
        ? [`image ${name} is not pinned: ${source.dockerTag}`]
        : []),
    ]
  })
}

/** What the package says of the image has to be so: the last word of each instruction counts. */
function judgeDockerfile(file: string): string[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n')
  const expected = {
    ENTRYPOINT: JSON.stringify(PROGRAM).replaceAll(',', ', '),
    USER: IMAGE_USER,
    VOLUME: DATA,
    EXPOSE: `${UI_PORT}`,
  }
  return Object.entries(expected).flatMap(([instruction, value]) => {
    const line = lines.findLast((each) => each.startsWith(`${instruction} `)) ?? instruction
    return line === `${instruction} ${value}`
      ? []
      : [`the image has "${line}"; the package counts on ${value}`]
  })
}

interface Image {
  source: { dockerBuild?: { workdir?: string; dockerfile?: string }; dockerTag?: string }
  arch: string[]
}
