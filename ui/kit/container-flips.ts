import { createSignal, onCleanup } from 'solid-js'
import type { ContainerView } from '../../core/containers/container-view.ts'
import { onContainer } from '../live.ts'

type Shown = Pick<ContainerView, 'name' | 'host' | 'state'>

/** A state is shown so long at least: a restart of a fifth of a second is to be seen. */
const SEEN_MS = 1_500
const MOST_QUEUED = 4

/** Answers how a container is to be shown: the states it went through of late, one after the other. */
export function createFlips(): <C extends Shown>(container: C) => C {
  const [queues, setQueues] = createSignal<Record<string, ContainerView['state'][]>>({})
  const timers = new Set<ReturnType<typeof setTimeout>>()
  const keyOf = (name: string, host: string) => `${host} ${name}`
  const next = (key: string) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      setQueues((all) => ({ ...all, [key]: all[key]?.slice(1) ?? [] }))
      if (queues()[key]?.length) next(key)
    }, SEEN_MS)
    timers.add(timer)
  }
  const leave = onContainer(({ host, container, from, to }) => {
    if (from === null) return
    const key = keyOf(container, host)
    const waiting = queues()[key] ?? []
    // between two looks it was away
    const states: ContainerView['state'][] = from === to ? ['stopped', to] : [to]
    setQueues((all) => ({ ...all, [key]: [...waiting, ...states].slice(-MOST_QUEUED) }))
    if (waiting.length === 0) next(key)
  })
  onCleanup(() => {
    leave()
    for (const timer of timers) clearTimeout(timer)
  })
  return (container) => {
    const state = queues()[keyOf(container.name, container.host)]?.[0]
    return state === undefined ? container : { ...container, state }
  }
}
