import type { LoadedKind } from './catalog.ts'

/** What a service is called to people. */
export const titleOf = ({ id }: { id: string }, { plugin }: LoadedKind): string =>
  plugin.isTitledById ? id : plugin.title
