import { createSignal } from 'solid-js'

const [address, setAddress] = createSignal(readAddress())

/** Path of the page shown, and its query. */
export const place = address

let hasArrived = false

/** Whether the page was changed, not loaded; true once a change, for whoever takes the focus. */
export function takeArrival(): boolean {
  const was = hasArrived
  hasArrived = false
  return was
}

/** Shows another page. */
export function navigate(href: string, { replace = false } = {}): void {
  if (href === window.location.pathname + window.location.search) return
  history[replace ? 'replaceState' : 'pushState'](null, '', href)
  arrive()
  if (!replace) window.scrollTo(0, 0)
}

/** `/services/:id` and `/services/llm` give `{ id: 'llm' }`; undefined where they do not fit. */
export function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/')
  const given = path.replace(/(.)\/$/, '$1').split('/')
  if (wanted.length !== given.length) return undefined
  const params: Record<string, string> = {}
  for (const [at, segment] of wanted.entries()) {
    const value = decode(given[at] ?? '')
    if (segment.startsWith(':')) params[segment.slice(1)] = value
    else if (segment !== value) return undefined
  }
  return params
}

/** Makes links within the dashboard change the page instead of loading it; `isPage` knows which. */
export function takeLinks(isPage: (path: string) => boolean): void {
  addEventListener('popstate', arrive)
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null
    const isPlain =
      event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (!link || !isPlain || event.defaultPrevented || link.target || link.origin !== origin) return
    if (!isPage(link.pathname) || link.hash || link.hasAttribute('download')) return
    event.preventDefault()
    navigate(link.pathname + link.search)
  })
}

function arrive(): void {
  const { path } = address()
  const next = readAddress()
  if (next.path !== path) hasArrived = true
  setAddress(next)
}

function readAddress(): { path: string; query: URLSearchParams } {
  const { pathname, search } = window.location
  return { path: pathname, query: new URLSearchParams(search) }
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
