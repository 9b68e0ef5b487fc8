import type { InForce } from './topology-file.ts'

const SECRET_KEYS = new Set(['api_key', 'key', 'token', 'tokens', 'secret'])

/** The topology in force as the wire may show it: what came from `${…}` or is a key is masked. */
export function maskTopology({ topology, secrets }: InForce): unknown {
  const mask = (value: unknown, key = ''): unknown => {
    // an empty list has nothing to hide, and would look as if it had
    const isNothing = value === undefined || (Array.isArray(value) && value.length === 0)
    if (SECRET_KEYS.has(key) && !isNothing) return '••••'
    if (typeof value === 'string' || typeof value === 'number')
      return secrets.has(String(value)) ? '••••' : value
    if (Array.isArray(value)) return value.map((item) => mask(item))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mask(item, name)]))
  }
  return mask(topology)
}
