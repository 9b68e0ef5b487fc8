import type { ServiceView } from '../../core/views.ts'
import { Skeleton } from './Layout.tsx'
import { late } from './late.tsx'

/** Which version of its source a service runs, what is new, and the button that updates it. */
export const SourceVersion = late<{ service: ServiceView; isDetailed?: boolean }>(
  () => import('./SourceVersionFacts.tsx'),
  () => <Skeleton lines={1} />,
)
