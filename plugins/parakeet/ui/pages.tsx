import { lazy } from 'solid-js'
import type { PageEntry } from '#ui'

/** The page this kind adds to the dashboard. */
export const pages: readonly PageEntry[] = [
  {
    path: '/transcribe',
    title: 'Transcribe',
    icon: 'M9 4h6v9H9z',
    component: lazy(() => import('./TranscribePage.tsx')),
  },
]
