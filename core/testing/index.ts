/** `#core/testing`: what tests of plugins may use. */
export { createFakeClock, type FakeClock } from './fake-clock.ts'
