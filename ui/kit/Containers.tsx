import type { ServiceView } from '../../core/views.ts'
import { Skeleton } from './Layout.tsx'
import { late } from './late.tsx'

export type ContainersProps = {
  service: ServiceView
  /** Several that all run are folded to one line. */
  isBrief?: boolean
}

/** The containers of a service: state, memory, uptime; start, stop, restart; their logs. */
export const Containers = late<ContainersProps>(
  () => import('./ContainerList.tsx'),
  () => <Skeleton lines={2} />,
)
