import { lazy } from 'solid-js'
import type { PageEntry } from '#ui'

/** The pages this kind adds to the dashboard. */
export const pages: readonly PageEntry[] = [
  {
    path: '/models',
    title: 'Models',
    icon: 'M12 3l8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9',
    component: lazy(() => import('./ModelsPage.tsx')),
  },
  {
    path: '/chat',
    title: 'Chat',
    icon: 'M4 5h16v11H9.5L5 20v-4H4z',
    component: lazy(() => import('./ChatPage.tsx')),
  },
]
