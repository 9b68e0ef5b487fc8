import { lazy } from 'solid-js'
import { icons, type PageEntry } from '#ui'

/** The page this kind adds to the dashboard. */
export const pages: readonly PageEntry[] = [
  {
    path: '/search',
    title: 'Search',
    icon: icons.search,
    component: lazy(() => import('./SearchPage.tsx')),
  },
]
