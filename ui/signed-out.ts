import { createSignal } from 'solid-js'

const [isSignedOut, setIsSignedOut] = createSignal(false)

/** Whether the controller has refused this browser for want of a token. */
export { isSignedOut }

/** An answer was 401: the dashboard asks to sign in. */
export const noteStatus = (status: number): void => {
  if (status === 401) setIsSignedOut(true)
}
