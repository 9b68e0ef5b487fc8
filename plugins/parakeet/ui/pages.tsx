import { lazy } from 'solid-js'
import type { PageEntry } from '#ui'

/** The page this kind adds to the dashboard. */
export const pages: readonly PageEntry[] = [
  {
    path: '/transcribe',
    title: 'Transcribe',
    icon: 'M9 4h6v9H9zM12 17v3',
    component: lazy(() => import('./TranscribePage.tsx')),
  },
]
