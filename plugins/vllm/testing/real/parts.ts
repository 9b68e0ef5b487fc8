import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** The engine as an image: `vllm serve` is a small server that keeps vLLM's contract. */
export const ENGINE_IMAGE = {
  tag: 'vllm-node',
  copies: { 'usr/local/lib/vllm': path('engine') },
  programs: {
    'usr/local/lib/vllm/package.json': '{ "type": "module" }\n',
    'usr/local/bin/vllm': "#!/usr/local/bin/node\nimport('/usr/local/lib/vllm/main.ts')\n",
  },
}

/** Puts the launcher into a home folder, where the kind expects it. */
export function installLauncher(home: string): void {
  const folder = join(home, 'spark-vllm-docker')
  mkdirSync(folder, { recursive: true })
  copyFileSync(path('launch-cluster.sh'), join(folder, 'launch-cluster.sh'))
}

/** Puts the engine on a host itself, as a program of its user. */
export function installEngine(home: string): void {
  const bin = join(home, '.local/bin')
  mkdirSync(bin, { recursive: true })
  const text = `#!/bin/sh\nexec '${process.execPath}' '${path('engine/main.ts')}' "$@"\n`
  writeFileSync(join(bin, 'vllm'), text, { mode: 0o755 })
}

/** A docker command that leaves out --gpus, since the machines of a test have none. */
export function installDocker(bin: string): void {
  const text = `#!/bin/sh
for word in "$@"; do
  shift
  if [ "$word" = --gpus ]; then skips=yes; continue; fi
  if [ "\${skips:-}" = yes ]; then skips=no; continue; fi
  set -- "$@" "$word"
done
exec /usr/bin/docker "$@"
`
  writeFileSync(join(bin, 'docker'), text, { mode: 0o755 })
}
