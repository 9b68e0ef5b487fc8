import { lazy } from 'solid-js'
import type { PageEntry } from '#ui'

/** The page this kind adds to the dashboard, reached from its tile. */
export const pages: readonly PageEntry[] = [
  {
    path: '/transcribe',
    title: 'Transcribe',
    component: lazy(() => import('./TranscribePage.tsx')),
  },
]
