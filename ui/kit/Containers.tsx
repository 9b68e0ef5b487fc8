import { lazy, Suspense } from 'solid-js'
import type { ServiceView } from '../../core/views.ts'
import { Skeleton } from './Layout.tsx'

const ContainerList = lazy(() => import('./ContainerList.tsx'))

/** The containers of a service: state, memory, uptime; start, stop, restart; their logs. */
export const Containers = (props: { service: ServiceView }) => (
  <Suspense fallback={<Skeleton lines={2} />}>
    <ContainerList service={props.service} />
  </Suspense>
)
