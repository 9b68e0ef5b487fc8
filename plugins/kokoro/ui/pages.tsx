import { lazy } from 'solid-js'
import type { PageEntry } from '#ui'

/** The page this kind adds to the dashboard. */
export const pages: readonly PageEntry[] = [
  {
    path: '/speak',
    title: 'Speak',
    icon: 'M4 9.5v5h3.5L12 19V5L7.5 9.5zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11',
    component: lazy(() => import('./SpeakPage.tsx')),
  },
]
