import { copyFileSync, mkdirSync } from 'node:fs'
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
