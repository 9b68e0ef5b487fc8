import { type Service, type Upstream, Value } from '#core'
import { Settings } from '../settings.ts'

/** A service with these settings over servers of the test's own. */
export const fakeService = (
  settings: object,
  http: (endpoint: string | undefined) => Upstream | undefined,
): Service<Settings> =>
  ({
    ...{ id: 'asr', kind: 'parakeet', settings: Value.Default(Settings, { ...settings }), http },
    clock: { now: Date.now, sleep: async () => undefined },
    signal: new AbortController().signal,
  }) as unknown as Service<Settings>
