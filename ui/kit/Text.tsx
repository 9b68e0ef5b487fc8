import { createSignal, type JSX, onMount, Show } from 'solid-js'
import { Button } from './Button.tsx'
import { now } from './clock.ts'
import { formatAgo, formatSeconds, formatTime } from './format.ts'
import { icons } from './icons.ts'

/** `12 s ago`, going on by itself; the exact time on hover. */
export function Age(props: { at: string | number | null; never?: string }) {
  return (
    <Show when={props.at !== null && props.at} fallback={<span>{props.never ?? 'never'}</span>}>
      {(at) => (
        <time datetime={new Date(at()).toISOString()} title={formatTime(at())}>
          {formatAgo(Math.max(0, (now() - new Date(at()).getTime()) / 1000))}
        </time>
      )}
    </Show>
  )
}

/** How long something has lasted, or did; going on by itself while there is no end. */
export function Lasting(props: { from: string; to?: string | null }) {
  const seconds = () =>
    Math.max(0, ((props.to ? Date.parse(props.to) : now()) - Date.parse(props.from)) / 1000)
  return <span class="number">{formatSeconds(props.to ? seconds() : Math.floor(seconds()))}</span>
}

/** Text of machines within a sentence. */
export const Code = (props: { children: JSX.Element }) => <code>{props.children}</code>

/** Text of machines as a block that can be scrolled and copied. */
export function CodeBlock(props: {
  label: string
  text: string
  canCopy?: boolean
  /** Shows its end first, as of a log. */
  isAtEnd?: boolean
}) {
  let box: HTMLPreElement | undefined
  onMount(() => {
    if (box && props.isAtEnd) box.scrollTop = box.scrollHeight
  })
  return (
    <div class="code-block">
      <pre tabindex="0" ref={box}>
        {props.text}
      </pre>
      <Show when={props.canCopy}>
        <CopyButton text={props.text} label={`Copy ${props.label.toLowerCase()}`} />
      </Show>
    </div>
  )
}

/** Copies a text, and says that it did. */
export function CopyButton(props: { text: string; label: string }) {
  const [isCopied, setIsCopied] = createSignal(false)
  const copyText = async () => {
    setIsCopied(await copy(props.text))
    setTimeout(() => setIsCopied(false), 2000)
  }
  return (
    <Button
      size="small"
      look="quiet"
      icon={isCopied() ? icons.check : icons.copy}
      aria-label={props.label}
      onClick={copyText}
    >
      <span aria-live="polite">{isCopied() ? 'Copied' : 'Copy'}</span>
    </Button>
  )
}

/** More, for who wants to see it. */
export function Disclosure(props: { summary: string; isOpen?: boolean; children: JSX.Element }) {
  return (
    <details class="disclosure" open={props.isOpen}>
      <summary>{props.summary}</summary>
      <div class="disclosure-body">{props.children}</div>
    </details>
  )
}

async function copy(text: string): Promise<boolean> {
  try {
    // Exists on https and localhost only.
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    area.className = 'visually-hidden'
    ;(document.querySelector('dialog[open]') ?? document.body).append(area)
    area.select()
    const isCopied = document.execCommand('copy')
    area.remove()
    return isCopied
  }
}
