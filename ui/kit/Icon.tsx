/** An outline icon of the size of the text beside it; it says nothing to screen readers. */
export function Icon(props: { path: string }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={props.path} />
    </svg>
  )
}
