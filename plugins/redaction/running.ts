import type { DoorCall, Health, Running, Service } from '#core'
import type { api } from './api.ts'
import { type Engine, engineOf } from './engine.ts'
import { answerByFrontier } from './frontier/answer.ts'
import type { Settings } from './settings.ts'

const PRUNE_EVERY_MS = 3_600_000

/** It runs in this process, so it is up as long as its vault is open. */
export function startService(service: Service<Settings>): Running<typeof api> {
  const engine = engineOf(service)
  const { frontier } = service.settings
  void pruneFor(service, engine)
  return {
    handlers: {},
    probe: async () => healthOf(service, engine),
    metrics: engine.metrics,
    // who does not ask for one of these models by name must never end up elsewhere
    isNamedOnly: true,
    models: () => frontier?.models ?? [],
    offers: () => frontier !== undefined,
    ...(frontier && {
      answers: {
        'POST /v1/chat/completions': {
          answer: (call: DoorCall) => answerByFrontier(service, frontier, call),
        },
      },
    }),
  }
}

function healthOf({ settings }: Service<Settings>, { vault, tally }: Engine): Health {
  const figures = {
    ...{ mode: settings.mode, sessions: vault.size, ...tally.figures() },
    ...(settings.model && { model_failed: tally.modelFailures() }),
  }
  return vault.closed === undefined
    ? { state: 'up', figures }
    : { state: 'down', reason: vault.closed, figures }
}

/** Forgets sessions whose time is over, until the service ends. */
async function pruneFor({ clock, log, signal }: Service<Settings>, { vault }: Engine) {
  try {
    for (;;) {
      if (vault.closed === undefined) vault.prune()
      await clock.sleep(PRUNE_EVERY_MS, signal)
    }
  } catch (err) {
    if (!signal.aborted) log.error({ err }, 'old sessions could not be forgotten')
  }
}
