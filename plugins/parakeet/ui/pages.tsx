import { lazy } from 'solid-js'
import type { PageEntry } from '#ui'

/** The page this kind adds to the dashboard. */
export const pages: readonly PageEntry[] = [
  {
    path: '/transcribe',
    title: 'Transcribe',
    icon: 'M9 5.5a3 3 0 0 1 6 0V11a3 3 0 0 1-6 0zM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21',
    component: lazy(() => import('./TranscribePage.tsx')),
  },
]
