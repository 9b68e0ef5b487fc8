import type { ServiceView } from '../../core/views.ts'
import { Skeleton } from './Layout.tsx'
import { late } from './late.tsx'

export type ContainersProps = {
  service: ServiceView
  /** A row each; in a tile several that all run are one line. */
  isWhole?: boolean
}

/** The containers of a service: state, memory, uptime; start, stop, restart; their logs. */
export const Containers = late<ContainersProps>(
  () => import('./ContainerList.tsx'),
  () => <Skeleton lines={2} />,
)
