import type { LoadedKind } from './catalog.ts'

/** What a service is called to people. */
export const titleOf = ({ id }: { id: string }, { plugin }: LoadedKind): string =>
  plugin.isTitledById ? id : plugin.title

/** The same with its id, where the title does not say it: two services may have one title. */
export const titleWithId = ({ id, title }: { id: string; title: string }): string =>
  title === id ? id : `${title} (${id})`
