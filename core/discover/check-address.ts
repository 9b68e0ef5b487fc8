import { ControlError } from '../errors.ts'
import { whyNotUpstream } from '../topology/address.ts'

/** Throws VALIDATION for an address that could not stand in a topology. */
export function checkAddress(address: string): void {
  const why = whyNotUpstream(address)
  if (why === undefined) return
  throw new ControlError('VALIDATION', `address: "${address}" ${why}`, {
    details: [{ path: 'address', message: `"${address}" ${why}` }],
  })
}
