import { refsOf } from './containers/container-refs.ts'
import type { Prober } from './probes/prober.ts'
import { listActions } from './routes/services.ts'
import type { LiveService } from './services.ts'
import { titleOf } from './title-of.ts'
import type { ServiceView } from './views.ts'

/** A service as the wire shows it: the last probe with its age, and what its tile needs. */
export function viewService(live: LiveService, prober: Prober, isPending: boolean): ServiceView {
  const { spec, loaded, running, failure, upstreams } = live
  const main = upstreams.get('main')
  const admission = main?.admission()
  const seen = prober.view(spec.id)
  const isWatchedOnly = spec.settings.manage === false
  const reason = failure?.message ?? seen?.reason
  return {
    id: spec.id,
    kind: spec.kind,
    title: titleOf(spec, loaded),
    host: spec.host ?? null,
    endpoint: main?.origin ?? null,
    state: failure ? 'down' : (seen?.state ?? 'unknown'),
    ...(reason !== undefined && { reason }),
    figures: seen?.figures ?? {},
    models: [...(running?.models?.() ?? [])],
    in_flight: main?.inFlight ?? 0,
    is_draining: main?.isDraining ?? false,
    ...(admission && { admission }),
    checked_at: seen?.checked_at ?? null,
    last_seen_at: seen?.last_seen_at ?? null,
    since: seen?.since ?? null,
    is_pending: isPending,
    tile: {
      figures: loaded.plugin.tile?.figures ?? [],
      links: loaded.plugin.tile?.links ?? [],
      actions: isWatchedOnly ? [] : listActions(live).map(({ name, label }) => ({ name, label })),
      ...(loaded.hasTileModule && { module: `/plugins/${spec.kind}/tile.js` }),
    },
    has_logs: running?.logs !== undefined,
    ...(running?.isHidden && { is_hidden: true }),
    ...(loaded.plugin.containers === 'plain' &&
      refsOf(live).length > 0 && { has_containers: true }),
  }
}
