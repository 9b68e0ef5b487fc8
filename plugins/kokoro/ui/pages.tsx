import { lazy } from 'solid-js'
import type { PageEntry } from '#ui'

/** The page this kind adds to the dashboard. */
export const pages: readonly PageEntry[] = [
  {
    path: '/speak',
    title: 'Speak',
    icon: 'M4 9v6h4l5 4V5L8 9z',
    component: lazy(() => import('./SpeakPage.tsx')),
  },
]
