import { type Command, sh } from '#core'
import { containerFolder } from '../disk/folder-word.ts'
import type { Launch } from './launch.ts'

/** What is mounted into a container beside the HF cache, as `host:container[:ro]`. */
export function mountsOf({
  modelFolder,
  volumes,
}: Pick<Launch, 'modelFolder'> & { volumes: readonly string[] }): string[] {
  const model = modelFolder === null ? [] : [`${modelFolder}:${containerFolder(modelFolder)}:ro`]
  return [...model, ...volumes]
}

/** `-v` with a mount behind it; a `~/` before the host's folder is expanded there. */
export const mountOption = (mount: string): Command =>
  mount.startsWith('~/') ? sh`-v "$HOME"/${mount.slice(2)}` : sh`-v ${mount}`
