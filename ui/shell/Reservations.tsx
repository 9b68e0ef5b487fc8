import { For } from 'solid-js'
import type { LeaseView } from '../../core/coordination/lease.ts'
import { act } from '../kit/Act.tsx'
import { Button } from '../kit/Button.tsx'
import { now } from '../kit/clock.ts'
import { formatSeconds } from '../kit/format.ts'
import { sayHolder } from '../kit/leases.ts'
import { Notice } from '../kit/Notice.tsx'
import { live } from '../live.ts'

/** Who has reserved what, how long still, and the way to end it. */
export default function Reservations() {
  return (
    <For each={live.leases}>
      {(lease) => (
        <Notice
          tone="info"
          title={sayHolder(lease)}
          actions={
            <Button
              size="small"
              aria-label={`Release the reservation of ${lease.owner}`}
              onClick={() => release(lease)}
            >
              Release…
            </Button>
          }
        >
          <p>
            {lease.reason && `For “${lease.reason}”. `}
            {left(lease)} left. {whatWaits(lease)}
          </p>
        </Notice>
      )}
    </For>
  )
}

const release = ({ fence }: LeaseView): void =>
  act({
    route: `DELETE /api/coordination/lock?force=true&fence=${fence}`,
    keep: 'Leave it',
    done: 'The reservation is released.',
  })

const left = ({ expires_at }: LeaseView): string =>
  formatSeconds(Math.max(0, Math.round((Date.parse(expires_at) - now()) / 1000)))

const whatWaits = ({ services }: LeaseView): string =>
  services.length === 0
    ? 'Nothing here depends on it.'
    : `Loading, unloading and restarting of ${services.join(', ')} wait until then; requests are answered as ever.`
