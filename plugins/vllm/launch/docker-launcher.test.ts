import { describe, expect, it } from 'vitest'
import { dockerLauncher } from './docker-launcher.ts'
import type { DockerLaunch } from './launch.ts'

const launch: DockerLaunch = {
  launcher: 'docker',
  runtime: 'docker',
  service: 'chat',
  container: 'sc-chat',
  image: 'vllm/vllm-openai:latest',
  gpus: 'all',
  shmSize: null,
  volumes: [],
  env: {},
  hfHome: null,
  modelFolder: null,
  serve: ['Org/New'],
}
const { judge, starter } = dockerLauncher(launch)
const HELP = "\n\nRun 'docker run --help' for more information\n"

describe('what docker run says', () => {
  it.each<[string, number, string, RegExp | null]>([
    ['the id of a container', 0, `${'a1'.repeat(32)}\n`, null],
    [
      'an image docker has not',
      125,
      `docker: Error response from daemon: No such image: vllm/vllm-openai:latest${HELP}`,
      /the image vllm\/vllm-openai:latest is not there/,
    ],
    [
      'an image podman has not',
      125,
      'Error: localhost/vllm: image not known\n',
      /the image localhost\/vllm is not there/,
    ],
    [
      'no GPU runtime',
      125,
      `docker: Error response from daemon: could not select device driver "" with capabilities: [[gpu]]${HELP}`,
      /cannot use the GPU/,
    ],
    [
      'no CDI file',
      126,
      'Error: setting up CDI devices: unresolvable CDI devices nvidia.com/gpu=all\n',
      /cannot use the GPU/,
    ],
    [
      'a GPU that is not there',
      125,
      'docker: Error response from daemon: failed to create task for container: OCI runtime create failed: error running prestart hook #0: exit status 1, stderr: nvidia-container-cli: device error: 3: unknown device: unknown\n',
      /the machine has no GPU 3/,
    ],
    [
      'a name that is taken, by podman',
      125,
      'Error: creating container storage: the container name "sc-chat" is already in use by 63d3. You have to remove that container\n',
      /name of the container is taken/,
    ],
    ['nothing, since the daemon hangs', 124, '', /no container was started within 300 s/],
    [
      'something else',
      127,
      `docker: Error response from daemon: exec: "vllm": executable file not found in $PATH${HELP}`,
      /status 127\): docker: Error response from daemon: exec: "vllm": executable file not found/,
    ],
  ])('%s', (_, code, output, mistake) => {
    const { mistake: judged } = judge(code, output)
    if (mistake === null) expect(judged).toBeNull()
    else expect(judged).toMatch(mistake)
  })

  it('is looked for among the commands that run, without finding the look itself', () => {
    const pattern = new RegExp(starter ?? '')
    expect('docker\0run\0--name=sc-chat\0--label').toMatch(pattern)
    expect(`grep\0-ls\0-e\0${starter}`).not.toMatch(pattern)
  })
})
