import { lazy } from 'solid-js'
import type { PageEntry } from '#ui'

/** The pages this kind adds to the dashboard; its tile leads to them. */
export const pages: readonly PageEntry[] = [
  {
    path: '/search',
    title: 'Search',
    component: lazy(() => import('./SearchPage.tsx')),
  },
]
