import { type Component, lazy } from 'solid-js'
import { icons } from './kit/icons.ts'
import { Overview } from './pages/Overview.tsx'
import { matchPath } from './router.ts'

/** A page of the dashboard. */
export interface PageEntry {
  /** `/models`, `/models/:key` */
  path: string
  title: string
  /** Outline for the navigation (24 × 24); without it the page is reached by links only. */
  icon?: string
  component: Component<{ params: Record<string, string> }>
}

/** A page of a kind is in the navigation where a service of the kind is there. */
interface KnownPage extends PageEntry {
  kind?: string
}

/** What a kind's ui/pages.tsx exports. */
export interface KindPages {
  pages: readonly PageEntry[]
}

const kinds = import.meta.glob<KindPages>('../plugins/*/ui/pages.tsx', { eager: true })

/** Every page: the core's, with those of the kinds after the first. */
export const pages: readonly KnownPage[] = [
  { path: '/', title: 'Overview', icon: icons.overview, component: Overview },
  ...Object.entries(kinds).flatMap(([path, { pages: own }]) =>
    own.map((page) => ({ ...page, kind: path.split('/')[2] ?? '' })),
  ),
  {
    path: '/jobs',
    title: 'Jobs',
    icon: icons.jobs,
    component: lazy(() => import('./pages/Jobs.tsx')),
  },
  { path: '/jobs/:id', title: 'Job', component: lazy(() => import('./pages/Job.tsx')) },
  {
    path: '/schedule',
    title: 'Schedule',
    icon: icons.schedule,
    component: lazy(() => import('./pages/Schedule.tsx')),
  },
  { path: '/audit', title: 'Who did what', component: lazy(() => import('./pages/Audit.tsx')) },
  {
    path: '/hosts',
    title: 'Hosts',
    icon: icons.hosts,
    component: lazy(() => import('./pages/Hosts.tsx')),
  },
  {
    path: '/connectivity',
    title: 'Connectivity',
    component: lazy(() => import('./pages/Connectivity.tsx')),
  },
  {
    path: '/hosts/add',
    title: 'Add machines',
    component: lazy(() => import('./pages/AddMachines.tsx')),
  },
  { path: '/services/:id', title: 'Service', component: lazy(() => import('./pages/Service.tsx')) },
  {
    path: '/webhooks',
    title: 'Webhooks',
    component: lazy(() => import('./pages/Webhooks.tsx')),
  },
  {
    path: '/topology',
    title: 'Topology',
    icon: icons.topology,
    component: lazy(() => import('./pages/Topology.tsx')),
  },
  {
    path: '/about',
    title: 'About',
    component: lazy(() => import('./pages/About.tsx')),
  },
]

/** The overview, what the services here offer in the order of the topology, then the rest of the core's. */
export function pagesInNavigation(
  services: readonly { kind: string; is_hidden?: boolean }[],
): readonly PageEntry[] {
  const named = pages.filter(({ icon }) => icon)
  const present = services.filter(({ is_hidden }) => !is_hidden).map(({ kind }) => kind)
  const offered = [...new Set(present)].flatMap((kind) =>
    named.filter((page) => page.kind === kind),
  )
  const [first, ...rest] = named.filter(({ kind }) => kind === undefined)
  return [...(first ? [first] : []), ...offered, ...rest]
}

/** The page of a path with the parameters in it. */
export function findPage(
  path: string,
): { page: PageEntry; params: Record<string, string> } | undefined {
  for (const page of pages) {
    const params = matchPath(page.path, path)
    if (params) return { page, params }
  }
  return undefined
}

/** Whether a link leads to a page of the dashboard. */
export const isPage = (path: string): boolean => findPage(path) !== undefined
