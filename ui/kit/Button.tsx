import { type JSX, Show, splitProps } from 'solid-js'
import { Icon } from './Icon.tsx'

export interface ButtonProps
  extends Omit<JSX.ButtonHTMLAttributes<HTMLButtonElement>, 'class' | 'style'> {
  /** Default `plain`. One `primary` a view. */
  look?: 'primary' | 'plain' | 'quiet' | 'danger'
  size?: 'small'
  /** An icon before the words. */
  icon?: string
  /** Shows that its work is under way, and takes no further press. */
  isBusy?: boolean
  /** What its act would have to wait for; pressed all the same, its dialog says so. */
  waits?: string | undefined
}

/** A button. */
export function Button(props: ButtonProps) {
  const [own, rest] = splitProps(props, [
    'look',
    'size',
    'icon',
    'isBusy',
    'waits',
    'children',
    'onClick',
  ])
  const press: JSX.EventHandler<HTMLButtonElement, MouseEvent> = (event) => {
    if (!own.isBusy && typeof own.onClick === 'function') own.onClick(event)
  }
  return (
    <button
      type="button"
      class="button"
      data-look={own.look ?? 'plain'}
      data-size={own.size}
      data-waits={own.waits !== undefined}
      title={own.waits}
      aria-description={own.waits}
      aria-busy={own.isBusy ? 'true' : undefined}
      aria-disabled={own.isBusy ? 'true' : undefined}
      onClick={press}
      {...rest}
    >
      <Show when={own.icon}>{(path) => <Icon path={path()} />}</Show>
      {own.children}
    </button>
  )
}

/** A link that looks like a button: it goes somewhere and changes nothing. */
export function LinkButton(props: {
  href: string
  look?: ButtonProps['look']
  size?: 'small'
  label?: string
  children: JSX.Element
}) {
  return (
    <a
      class="button"
      href={props.href}
      data-look={props.look ?? 'plain'}
      data-size={props.size}
      aria-label={props.label}
    >
      {props.children}
    </a>
  )
}
