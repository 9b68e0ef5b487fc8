import { lazy } from 'solid-js'
import type { PageEntry } from '#ui'

/** The page on which a text is tried. */
export const pages: readonly PageEntry[] = [
  {
    path: '/redaction',
    title: 'Redact',
    icon: 'M12 3l7 3v6c0 4.5-3 7.5-7 9-4-1.500-7-4.500-7-9V6zM9 12h6',
    component: lazy(() => import('./RedactionPage.tsx')),
  },
]
