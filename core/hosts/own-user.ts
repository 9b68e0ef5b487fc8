import { userInfo } from 'node:os'

/**
 * Name of the user the controller runs as; undefined where that user is only a number, as `docker run
 * --user 1234` makes it, and systemd's DynamicUser on a machine without libnss-systemd.
 */
export function ownUser(lookUp: () => { username: string } = userInfo): string | undefined {
  try {
    return lookUp().username
  } catch (error) {
    if ((error as { info?: { code?: string } }).info?.code === 'ENOENT') return undefined
    throw error
  }
}
