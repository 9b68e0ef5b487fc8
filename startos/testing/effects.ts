import type { T } from '@start9labs/start-sdk'

/** One call of the package to StartOS. */
export interface Called {
  name: string
  args: unknown
}

export interface FakeEffects {
  effects: T.Effects
  /** Calls of a name, in order: `bind`, `action.createTask`, … */
  calls<A = Record<string, unknown>>(name: string): A[]
  /** Resolves with the next call that `fits`, made after this was asked. */
  next(fits: (called: Called) => boolean): Promise<Called>
  /** Ends the context, and with it what watches files. */
  leave(): void
}

/** What StartOS would answer; default: a fresh installation. */
export interface Answers {
  dataVersion?: string | null
  host?: unknown
}

/** StartOS as far as this package uses it: writes down what it is asked. */
export function createEffects({ dataVersion = null, host = null }: Answers = {}): FakeEffects {
  const log: Called[] = []
  const waiting = new Set<{ fits(called: Called): boolean; done(called: Called): void }>()
  const onLeave: (() => void)[] = []
  const context = { isInContext: true }
  let version = dataVersion

  const tell = (name: string, args?: unknown): void => {
    const called = { name, args }
    log.push(called)
    for (const waiter of waiting)
      if (waiter.fits(called)) {
        waiting.delete(waiter)
        waiter.done(called)
      }
  }
  const note =
    (name: string) =>
    async (args?: unknown): Promise<null> => {
      tell(name, args)
      return null
    }

  const create = (): T.Effects => {
    const effects = {
      eventId: 'test',
      child: () => create(),
      get isInContext() {
        return context.isInContext
      },
      onLeaveContext: (then: () => void) => void onLeave.push(then),
      action: {
        export: note('action.export'),
        clear: note('action.clear'),
        createTask: note('action.createTask'),
        clearTasks: note('action.clearTasks'),
      },
      setInitProgress: note('setInitProgress'),
      setBackupProgress: note('setBackupProgress'),
      setDependencies: note('setDependencies'),
      bind: note('bind'),
      clearBindings: note('clearBindings'),
      exportServiceInterface: note('exportServiceInterface'),
      clearServiceInterfaces: note('clearServiceInterfaces'),
      getOsIp: async () => '10.0.3.1',
      getHostInfo: async () => host,
      getDataVersion: async () => version,
      setDataVersion: async (args: { version: string | null }) => {
        version = args.version
        return await note('setDataVersion')(args)
      },
    }
    return effects as unknown as T.Effects
  }
  return {
    effects: create(),
    calls: <A>(name: string) =>
      log.filter((called) => called.name === name).map(({ args }) => args as A),
    next: (fits) => new Promise((done) => waiting.add({ fits, done })),
    leave() {
      context.isInContext = false
      for (const then of onLeave.splice(0)) then()
    },
  }
}
