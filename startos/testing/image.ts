import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { DATA, PROGRAM } from '../facts.ts'
import type { Ended } from '../in-image.ts'
import { sdk } from '../sdk.ts'

const MAIN = fileURLToPath(new URL('../../core/main.ts', import.meta.url))

/** A command that was run in a container of the image, and as whom. */
export interface RunCommand {
  command: readonly string[]
  user: string | undefined
}

/**
 * Stands in for the containers of the image: the controller's commands are run for true, on this
 * machine, in the folder of the volume; others are written down.
 */
export function useControllerAsImage(): RunCommand[] {
  const commands: RunCommand[] = []
  const exec = async (
    command: readonly string[],
    { user }: { user?: string } = {},
  ): Promise<Ended> => {
    commands.push({ command, user })
    if (PROGRAM.some((part, index) => command[index] !== part))
      return { exitCode: 0, stdout: '', stderr: '' }
    const args = command.slice(PROGRAM.length)
    return await run(args.map((arg) => arg.replace(/^\/data(?=\/|$)/, sdk.volumes.main.path)))
  }
  const container = { exec, execFail: exec }
  Object.assign(sdk.SubContainer, {
    withTemp: async (
      _effects: unknown,
      _image: unknown,
      mounts: ReturnType<typeof sdk.Mounts.of>,
      _name: string,
      work: (sub: typeof container) => Promise<unknown>,
    ) => {
      const [mount] = mounts.build()
      if (mount?.mountpoint !== DATA) throw new Error('the data is not mounted')
      return await work(container)
    },
  })
  return commands
}

const run = (args: string[]): Promise<Ended> =>
  new Promise((done) => {
    const child = execFile(process.execPath, [MAIN, ...args], (_error, stdout, stderr) =>
      done({ exitCode: child.exitCode, stdout, stderr }),
    )
  })
