import { createRoot, createSignal, onCleanup } from 'solid-js'
import { live } from '../live.ts'

/** The controller's time, ms since 1970; ticks each second while the page is seen. */
export const now: () => number = createRoot(() => {
  const [at, setAt] = createSignal(Date.now())
  const tick = () => {
    if (document.visibilityState === 'visible') setAt(Date.now())
  }
  const timer = setInterval(tick, 1000)
  document.addEventListener('visibilitychange', tick)
  onCleanup(() => clearInterval(timer))
  return () => at() + live.skewMs
})
