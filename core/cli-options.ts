import { InvalidArgumentError, Option } from 'commander'
import { parseAddresses, parseNames } from './security/surroundings.ts'

/** Names and proxies that whoever packs the controller knows; see `Surroundings`. */
export const allowHost = (): Option =>
  new Option('--allow-host <names>', 'names it is opened under, beside access.hosts')
    .env('SPARK_CONTROL_ALLOW_HOST')
    .argParser((text) => parseNames(text, refuse))

export const trustProxy = (): Option =>
  new Option('--trust-proxy <addresses>', 'proxies in front, beside access.trusted_proxies')
    .env('SPARK_CONTROL_TRUST_PROXY')
    .argParser((text) => parseAddresses(text, refuse))

/** How many requests `knee` tries at a time, at most. */
export function parseMost(text: string): number {
  const most = Number(text)
  if (!Number.isInteger(most) || most < 1 || most > 256) refuse('expected a number from 1 to 256')
  return most
}

export function parsePort(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65535) refuse('expected a port from 0 to 65535')
  return port
}

function refuse(why: string): never {
  throw new InvalidArgumentError(why)
}
