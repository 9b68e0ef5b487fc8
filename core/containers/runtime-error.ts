import { ControlError } from '../errors.ts'

/** Whose container program refused. */
export interface RuntimePlace {
  host: string
  runtime: string
}

/** Why docker or podman refuses, from what it prints, with the way out. */
export function runtimeError({ host, runtime }: RuntimePlace, text: string): ControlError {
  const said = text.trim().split('\n')[0] ?? ''
  if (/permission denied|got permission/i.test(text))
    return new ControlError(
      'CONTAINERS_DENIED',
      `the login user on ${host} may not talk to ${runtime}`,
      {
        hint: `add it to the docker group there (sudo usermod -aG docker …), then let it log in anew`,
      },
    )
  if (/cannot connect|is the docker daemon running|connection refused/i.test(text))
    return new ControlError('CONTAINERS_DOWN', `${runtime} does not run on ${host}`, {
      hint: `start it there: sudo systemctl start ${runtime}`,
    })
  if (/not found|no such file/i.test(text) && !/container|image|network/i.test(text))
    return new ControlError('CONTAINERS_MISSING', `there is no ${runtime} on ${host}`, {
      hint: `install ${runtime} there, or set container_runtime of the host`,
    })
  return new ControlError('CONTAINERS_FAILED', `${runtime} on ${host} refuses: ${said}`, {
    logTail: text.trim().split('\n').slice(-20),
  })
}
