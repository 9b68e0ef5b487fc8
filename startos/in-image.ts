import { DATA, IMAGE, IMAGE_USER, PROGRAM } from './facts.ts'
import { dataMounts } from './mounts.ts'
import { sdk } from './sdk.ts'

/** How a command of the controller ended. */
export interface Ended {
  /** null if it was killed, by the deadline for one. */
  exitCode: number | null
  stdout: string
  stderr: string
}

type Effects = Parameters<typeof sdk.SubContainer.withTemp>[0]

/**
 * Runs a command of the controller in a container of its own, with the data in it, whether or not the
 * service runs. So its parser judges what is sent here, and there is no second one.
 */
export const runInImage = (effects: Effects, args: readonly string[]): Promise<Ended> =>
  sdk.SubContainer.withTemp(
    effects,
    { imageId: IMAGE },
    dataMounts(),
    'spark-control-command',
    async (container) => {
      // What the package wrote is root's; the command runs as the user of the image.
      await container.execFail(['chown', '-R', IMAGE_USER, DATA], { user: 'root' })
      const { exitCode, stdout, stderr } = await container.exec([...PROGRAM, ...args])
      return { exitCode, stdout: stdout.toString(), stderr: stderr.toString() }
    },
  )
