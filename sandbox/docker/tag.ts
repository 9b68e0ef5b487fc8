import type { Tool } from '../cluster.ts'

/** `docker tag SOURCE TARGET`. */
export const tag: Tool = (call, host) => {
  const [source = '', target = ''] = call.args
  const image = host.docker.findImage(source)
  if (image) {
    host.docker.tag(image, target)
    return 0
  }
  call.err(`Error response from daemon: No such image: ${source}\n`)
  return 1
}
