import { cleanup, fireEvent, render, screen } from '@solidjs/testing-library'
import { createSignal, Show } from 'solid-js'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { installDialogs } from '../testing/dom.ts'
import { Button } from './Button.tsx'
import { Dialog } from './Dialog.tsx'

beforeAll(installDialogs)
afterEach(cleanup)

function Opener(props: { isHeld?: boolean; onClose?(): void }) {
  const [step, setStep] = createSignal(0)
  const close = () => {
    props.onClose?.()
    setStep(0)
  }
  return (
    <main tabindex="-1">
      <Button onClick={() => setStep(1)}>Open</Button>
      <Show when={step() === 1}>
        <Dialog title="First" onClose={close} {...(props.isHeld && { isHeld: true })}>
          <Button data-autofocus onClick={() => setStep(2)}>
            Next
          </Button>
        </Dialog>
      </Show>
      <Show when={step() === 2}>
        <Dialog title="Second" onClose={close}>
          <Button data-autofocus>Read</Button>
        </Dialog>
      </Show>
    </main>
  )
}
const button = (name: string) => screen.getByRole('button', { name, hidden: true })
const pressEscape = () =>
  document.querySelector('dialog')?.dispatchEvent(new Event('cancel', { cancelable: true }))

describe('a dialog', () => {
  it('has a name, takes the focus, and gives it back to what opened it', () => {
    render(() => <Opener />)
    button('Open').focus()
    fireEvent.click(button('Open'))
    expect(document.activeElement).toBe(button('Next'))
    screen.getByRole('dialog', { name: 'First', hidden: true })
    pressEscape()
    expect(document.activeElement).toBe(button('Open'))
  })

  it('that follows another gives the focus back to what opened the first', () => {
    render(() => <Opener />)
    button('Open').focus()
    fireEvent.click(button('Open'))
    fireEvent.click(button('Next'))
    expect(document.activeElement).toBe(button('Read'))
    pressEscape()
    expect(document.activeElement).toBe(button('Open'))
  })

  it('is not closed by Escape while its act is under way', () => {
    let isClosed = false
    render(() => (
      <Opener
        isHeld
        onClose={() => {
          isClosed = true
        }}
      />
    ))
    fireEvent.click(button('Open'))
    pressEscape()
    expect(isClosed).toBe(false)
    expect(screen.queryByRole('button', { name: 'Close', hidden: true })).toBeNull()
  })
})
