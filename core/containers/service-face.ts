import type { OperateHandler } from '../api.ts'
import type { ContainerAct } from './container-act.ts'
import type { ContainerLine, LogOptions } from './container-log.ts'
import type { ContainerActRoute } from './container-routes.ts'
import type { ContainerView } from './container-view.ts'
import type { LookOptions } from './service-containers.ts'

/** What a service's code may do with the containers its settings name. */
export interface ServiceContainers {
  /**
   * How its containers stand, in the order its settings name them; one command a host. A host that
   * cannot be asked gives `unknown` with the reason.
   */
  containers(options?: LookOptions): Promise<ContainerView[]>
  /** Plan and deed on its one container, for a route made by `containerActRoute`. */
  containerAct(act: ContainerAct): OperateHandler<ContainerActRoute>
  /** The log of its one container, line by line. Throws OVERLOADED when too many read it. */
  containerLog(options: LogOptions): AsyncIterable<ContainerLine>
}
