import { createRoot, createSignal } from 'solid-js'
import { live } from '../live.ts'

/** The controller's time, ms since 1970; ticks each second while the page is seen. */
export const now: () => number = createRoot(() => {
  const [at, setAt] = createSignal(Date.now())
  const tick = () => setAt(Date.now())
  let timer: ReturnType<typeof setInterval> | undefined
  const follow = () => {
    clearInterval(timer)
    if (document.visibilityState !== 'visible') return
    tick()
    timer = setInterval(tick, 1000)
  }
  document.addEventListener('visibilitychange', follow)
  follow()
  return () => at() + live.skewMs
})
