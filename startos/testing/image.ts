import { vi } from 'vitest'
import { runCli } from '../../core/cli.ts'
import { DATA, PROGRAM } from '../facts.ts'
import type { Ended } from '../in-image.ts'
import { sdk } from '../sdk.ts'

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

/** `spark-control …` as its main.ts runs it, in this process: a process of its own would cost a second. */
async function run(args: string[]): Promise<Ended> {
  const said = { stdout: '', stderr: '' }
  const listeners = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      said[stream] += String(text)
      return true
    }),
  )
  const before = process.exitCode
  process.exitCode = 0
  try {
    await runCli([process.execPath, 'spark-control', ...args])
    return { exitCode: Number(process.exitCode), ...said }
  } finally {
    process.exitCode = before
    for (const listener of listeners) listener.mockRestore()
  }
}
