import { createContext, createUniqueId, type JSX, onMount, Show, useContext } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { takeArrival } from '../router.ts'

const Level = createContext(2)

/** The level of a heading at this place: 2 on a page, 3 in a section. */
export const useLevel = (): number => useContext(Level)

/** A page: its heading, what it is about, what can be done on it, and its content. */
export function Page(props: {
  title: string
  lead?: JSX.Element
  actions?: JSX.Element
  children: JSX.Element
}) {
  let heading: HTMLHeadingElement | undefined
  onMount(() => {
    // Who moves by keyboard or hears the page starts anew at its heading.
    if (takeArrival()) heading?.focus({ preventScroll: true })
  })
  return (
    <div class="page">
      <header class="page-head">
        <div class="page-words">
          <h1 tabindex="-1" ref={heading}>
            {props.title}
          </h1>
          <Show when={props.lead}>
            <p class="lead">{props.lead}</p>
          </Show>
        </div>
        <Show when={props.actions}>
          <div class="row">{props.actions}</div>
        </Show>
      </header>
      {props.children}
    </div>
  )
}

/** A part of a page with a heading. */
export function Section(props: { title: string; aside?: JSX.Element; children: JSX.Element }) {
  const id = createUniqueId()
  return (
    <section class="section" aria-labelledby={id}>
      <div class="section-head">
        <h2 id={id}>{props.title}</h2>
        <Show when={props.aside}>
          <div class="muted small">{props.aside}</div>
        </Show>
      </div>
      <Level.Provider value={3}>{props.children}</Level.Provider>
    </section>
  )
}

/** Things below each other. */
export const Stack = (props: { gap?: 'small' | 'large'; children: JSX.Element }) => (
  <div class="stack" data-gap={props.gap}>
    {props.children}
  </div>
)

/** Things beside each other, wrapping where there is no room. */
export const Row = (props: { gap?: 'small'; align?: 'end' | 'apart'; children: JSX.Element }) => (
  <div class="row" data-gap={props.gap} data-align={props.align}>
    {props.children}
  </div>
)

/** Equal cards in as many columns as fit. */
export const Grid = (props: {
  of?: 'tiles' | 'hosts' | 'fields' | 'halves'
  children: JSX.Element
}) => (
  <div class="grid" data-of={props.of ?? 'tiles'}>
    {props.children}
  </div>
)

/** A panel of its own. */
export const Card = (props: { children: JSX.Element; tone?: 'sunken'; label?: string }) => (
  <Dynamic
    component={props.label === undefined ? 'div' : 'section'}
    class="card"
    data-tone={props.tone}
    aria-label={props.label}
  >
    {props.children}
  </Dynamic>
)

/** Quiet words. */
export const Muted = (props: { children: JSX.Element }) => (
  <p class="muted small">{props.children}</p>
)

/** Where content will stand, in its shape, before it has come. */
export const Skeleton = (props: { lines?: number }) => (
  <div class="skeleton" aria-hidden="true">
    {Array.from({ length: props.lines ?? 3 }, () => (
      <span />
    ))}
  </div>
)
