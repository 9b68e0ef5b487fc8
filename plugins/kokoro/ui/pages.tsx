import { lazy } from 'solid-js'
import type { PageEntry } from '#ui'

/** The page this kind adds to the dashboard. */
export const pages: readonly PageEntry[] = [
  {
    path: '/speak',
    title: 'Speak',
    icon: 'M4 9.5h3.5L12 5v14l-4.5-4.5H4zM15.5 9a4.5 4.5 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11',
    component: lazy(() => import('./SpeakPage.tsx')),
  },
]
