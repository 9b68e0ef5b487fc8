import { lazy, Suspense } from 'solid-js'
import type { ServiceView } from '../../core/views.ts'
import { Skeleton } from './Layout.tsx'

const SourceVersionFacts = lazy(() => import('./SourceVersionFacts.tsx'))

/** Which version of its source a service runs, what is new, and the button that updates it. */
export const SourceVersion = (props: { service: ServiceView; isDetailed?: boolean }) => (
  <Suspense fallback={<Skeleton lines={1} />}>
    <SourceVersionFacts {...props} />
  </Suspense>
)
