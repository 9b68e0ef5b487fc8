import { type Command, sh } from '#core'

/** A folder as a shell word of its own; only `~/` is expanded. */
export function folderWord(folder: string): Command {
  if (folder === '~' || folder === '~/') return sh`"$HOME"`
  return folder.startsWith('~/') ? sh`"$HOME"/${folder.slice(2)}` : sh`${folder}`
}

/** Sets HF_HOME for the commands behind it; nothing where the machine's own shell decides. */
export function exportHfHome(hfHome: string | null): Command[] {
  if (hfHome === null) return []
  return hfHome.startsWith('~/')
    ? [sh`export HF_HOME="$HOME"/${hfHome.slice(2)}`]
    : [sh`export HF_HOME=${hfHome}`]
}

/** Where a plain model folder is seen inside a container. */
export const containerFolder = (folder: string): string => `/models/${baseName(folder)}`

/** The last part of a path. */
const baseName = (folder: string): string => folder.slice(folder.lastIndexOf('/') + 1)

/** Commands one after the other, as long as each ends with 0. */
export const inTurn = (commands: readonly Command[]): Command =>
  commands.reduce((all, next) => sh`${all} && ${next}`)
