import { lazy } from 'solid-js'
import type { PageEntry } from '#ui'

/** The page on which a text is tried. */
export const pages: readonly PageEntry[] = [
  {
    path: '/redaction',
    title: 'Redact',
    icon: 'M12 3l7 3v6q0 6-7 9-7-3-7-9V6zM9 12h6',
    component: lazy(() => import('./RedactionPage.tsx')),
  },
]
