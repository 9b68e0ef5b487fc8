import { createEffect } from 'solid-js'

/** Something at its place in time. Through the CSSOM, since style attributes may be refused. */
export function Placed(props: {
  class: string
  look?: string
  start: number
  width?: number
  words: string
}) {
  let element: HTMLSpanElement | undefined
  createEffect(() => {
    element?.style.setProperty('--start', `${props.start}%`)
    element?.style.setProperty('--width', `${props.width ?? 0}%`)
  })
  return (
    <span class={props.class} data-look={props.look} title={props.words} ref={element}>
      {props.width === undefined && props.words}
    </span>
  )
}
