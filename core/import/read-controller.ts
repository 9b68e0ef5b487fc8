import { createEntry, type Entry } from './draft.ts'
import type { Variables } from './variables.ts'

const PORTS = ['SPARK_CONTROL_PORT', 'LISTEN_PORT', 'APP_PORT', 'PORT']
const ADDRESSES = ['SPARK_CONTROL_HOST', 'LISTEN_HOST', 'LISTEN_ADDRESS', 'BIND_ADDRESS', 'HOST']

/** Where the controller listens. */
export function readListen(variables: Variables): Entry {
  const listen = createEntry('listen')
  const host = variables.take(ADDRESSES)
  const port = variables.take(PORTS)
  listen.keys.set(
    'host',
    host?.text
      ? { value: host.text, from: host.name }
      : { value: '127.0.0.1', check: '0.0.0.0 lets the programs of your network in' },
  )
  listen.keys.set(
    'port',
    port && /^\d+$/.test(port.text)
      ? { value: Number(port.text), from: port.name }
      : { value: 9999, check: 'programs must find it under the old port' },
  )
  return listen
}
