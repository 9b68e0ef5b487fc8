import { createEffect, createMemo, For, on, Show } from 'solid-js'
import { Bar } from '../kit/Bar.tsx'
import { now } from '../kit/clock.ts'
import { formatAgo } from '../kit/format.ts'
import { Icon } from '../kit/Icon.tsx'
import { icons } from '../kit/icons.ts'
import { showJob } from '../kit/JobDrawer.tsx'
import { live } from '../live.ts'
import { pagesInNavigation } from '../pages.ts'
import { place } from '../router.ts'
import { chooseTheme, chosenTheme, type Theme } from '../theme.ts'

/** Name, navigation, running job, connection and theme: at the left, or above and below on a phone. */
export function Side() {
  const running = () => live.jobs.find((job) => job.ended_at === null)
  const pages = createMemo(() => pagesInNavigation(live.services))
  let list: HTMLUListElement | undefined
  // On a phone not all pages are seen at once.
  createEffect(
    on([pages, () => place().path], () =>
      list
        ?.querySelector('[aria-current]')
        ?.scrollIntoView?.({ block: 'nearest', inline: 'nearest' }),
    ),
  )
  return (
    <header class="side">
      <a class="brand" href="/">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <path d="M17.6 5.5 8.2 18h6.3l-1.2 8.5L23.2 13.6h-6.6z" />
        </svg>
        <span class="brand-words">
          <span class="brand-name">Spark Control</span>
          <span class="muted tiny">{live.controller?.cluster ?? ' '}</span>
        </span>
      </a>
      <nav class="nav" aria-label="Pages">
        <ul ref={list}>
          <For each={pages()}>
            {(page) => (
              <li>
                <a href={page.path} aria-current={isAt(page.path) ? 'page' : undefined}>
                  <Icon path={page.icon ?? ''} />
                  <span>{page.title}</span>
                </a>
              </li>
            )}
          </For>
        </ul>
      </nav>
      <div class="side-foot">
        <Show when={running()}>
          {(job) => (
            <button type="button" class="running" onClick={() => showJob(job().id)}>
              <span class="running-title">{job().title}</span>
              <Bar label={job().title} percent={job().percent} />
            </button>
          )}
        </Show>
        <LinkState />
        <div class="side-tools">
          <a class="tool" href="/about" aria-label="About" title="About">
            <Icon path={icons.about} />
          </a>
          <ThemeButton />
        </div>
      </div>
    </header>
  )
}

function LinkState() {
  const words = () =>
    live.link === 'open' ? 'Live' : live.link === 'waiting' ? 'Connecting' : 'Offline'
  const heard = () =>
    live.heardAt === null ? '' : `heard ${formatAgo((now() - live.skewMs - live.heardAt) / 1000)}`
  return (
    <p class="link-state" data-link={live.link} role="status" title={heard()}>
      <span>{words()}</span>
    </p>
  )
}

const THEMES: Record<Theme, { next: Theme; icon: string; words: string }> = {
  system: { next: 'light', icon: icons.screen, words: 'as the device' },
  light: { next: 'dark', icon: icons.sun, words: 'light' },
  dark: { next: 'system', icon: icons.moon, words: 'dark' },
}

function ThemeButton() {
  const theme = () => THEMES[chosenTheme()]
  return (
    <button
      type="button"
      class="tool"
      aria-label={`Theme: ${theme().words}`}
      title={`Theme: ${theme().words}`}
      onClick={() => chooseTheme(theme().next)}
    >
      <Icon path={theme().icon} />
    </button>
  )
}

function isAt(path: string): boolean {
  const at = place().path
  return path === '/' ? at === '/' : at === path || at.startsWith(`${path}/`)
}
