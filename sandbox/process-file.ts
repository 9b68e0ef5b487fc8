import type { Ports } from './ports.ts'
import type { Sandbox } from './start.ts'
import type { SandboxHost } from './topology.ts'

/** What a sandbox process writes down, so that the next controller finds it. */
export interface ProcessFile {
  pid: number
  controlUrl: string
  /** Also answered by the control API: tells this run from an earlier one on the same ports. */
  instance: string
  ports: Ports
  hosts: SandboxHost[]
  topologyYaml: string
}

/** Name of the file in the folder `sandbox` of the data folder. */
export const PROCESS_FILE = 'process.json'

/** The facts of a running sandbox. */
export function describeProcess(sandbox: Sandbox, pid: number): ProcessFile {
  const { controlUrl, instance, ports, hosts, topologyYaml } = sandbox
  return { pid, controlUrl, instance, ports, hosts, topologyYaml }
}
