import type { ServiceView } from '../../core/views.ts'
import { Skeleton } from './Layout.tsx'
import { late } from './late.tsx'

/** The containers of a service: state, memory, uptime; start, stop, restart; their logs. */
export const Containers = late<{ service: ServiceView }>(
  () => import('./ContainerList.tsx'),
  () => <Skeleton lines={2} />,
)
