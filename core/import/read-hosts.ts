import { addressKind } from '../topology/address.ts'
import { createEntry, type Entry } from './draft.ts'
import type { Variables } from './variables.ts'

/** The machines found so far, and a way to find more: services name machines, too. */
export interface FoundHosts {
  readonly entries: readonly Entry[]
  /** Id of the host of an address or name, made if there is none yet. */
  idOf(address: string, from: string): string
}

/** Words before or behind a number; those of a role stand for one. */
const WORDS = ['SPARK', 'NODE', 'HOST', 'DGX', 'GPU_HOST']
const ROLES: Readonly<Record<string, number>> = {
  ...{ HEAD: 1, PRIMARY: 1, MASTER: 1, SPARK: 1, DGX: 1, WORKER: 2, SECONDARY: 2 },
}
const MOST = 8

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  address: ['HOST', 'IP', 'ADDR', 'ADDRESS', 'HOSTNAME', 'NODE', ''],
  user: ['USER', 'SSH_USER', 'USERNAME', 'LOGIN'],
  'ssh.port': ['SSH_PORT'],
  fabric: ['FABRIC', 'FABRIC_IP', 'FABRIC_ADDRESS', 'CX7_IP', 'IB_IP'],
  hf_home: ['HF_HOME'],
}

/** Variables that name all machines at once, `user@` in front of an address or not. */
const LISTS = ['SPARK_HOSTS', 'SPARK_NODES', 'CLUSTER_NODES', 'HOSTS', 'NODES']

/** Variables that count for every machine which has none of its own. */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  user: ['SSH_USER', 'SSH_USERNAME', 'SPARK_USER', 'SPARK_SSH_USER', 'HOST_USER'],
  'ssh.port': ['SSH_PORT'],
  'ssh.key': ['SSH_KEY_PATH', 'SSH_KEY_FILE', 'SSH_PRIVATE_KEY_PATH'],
  hf_home: ['HF_HOME', 'SPARK_HF_HOME'],
}

const CHECKS: Readonly<Record<string, string>> = {
  'ssh.key': 'the path is that of the old place; this controller must be able to read it',
  hf_home: 'this is HF_HOME on the machine, not of the old controller',
}

/** Takes what names machines, logins and the key. */
export function readHosts(variables: Variables): FoundHosts {
  const hosts = new Map<number, Entry>()
  const hostOf = (n: number): Entry => {
    const host = hosts.get(n) ?? createEntry(`spark-${n}`)
    hosts.set(n, host)
    return host
  }
  // before the single ones, since SPARK_USER alone is for all of them
  const shared = Object.entries(SHARED).map(([key, names]) => [key, variables.take(names)] as const)
  for (let n = 1; n <= MOST; n++)
    for (const [key, fields] of Object.entries(FIELDS)) {
      const found = variables.take(namesOf(n, fields))
      if (!found || found.text === '') continue
      const [, user, rest = found.text] = key === 'address' ? splitUser(found.text) : []
      hostOf(n).keys.set(key, { value: numbered(key, rest), from: found.name })
      if (user) hostOf(n).keys.set('user', { value: user, from: found.name })
    }
  const list = variables.take(LISTS)
  for (const [index, word] of (list?.text.split(/[\s,;]+/).filter(Boolean) ?? []).entries()) {
    const [, user, address] = splitUser(word)
    const { keys } = hostOf(index + 1)
    if (!keys.has('address')) keys.set('address', { value: address, from: list?.name ?? '' })
    if (user && !keys.has('user')) keys.set('user', { value: user, from: list?.name ?? '' })
  }
  const entries = [...hosts].sort(([a], [b]) => a - b).map(([, host]) => host)
  const share = (host: Entry) => {
    for (const [key, found] of shared)
      if (found && fitsKey(key, found.text) && !host.keys.has(key)) {
        const check = CHECKS[key]
        const value = numbered(key, found.text)
        host.keys.set(key, { value, from: found.name, ...(check !== undefined && { check }) })
      }
  }
  entries.forEach(share)
  return {
    entries,
    idOf(address, from) {
      const known = entries.find(
        ({ id, keys }) => keys.get('address')?.value === address || isCalled(id, address),
      )
      if (known) return known.id
      let n = entries.length + 1
      while (entries.some(({ id }) => id === `spark-${n}`)) n++
      const host = createEntry(`spark-${n}`)
      host.keys.set('address', { value: address, from })
      share(host)
      entries.push(host)
      return host.id
    },
  }
}

/** What should name the key's file may hold the key itself, which is never to be repeated. */
const fitsKey = (key: string, text: string): boolean =>
  key === 'ssh.key' ? /^~?\/[\w./@+ -]{1,200}$/.test(text) : text !== ''

/** `SPARK1_HOST`, `SPARK_1_HOST`, `SPARK_HOST_1`; `HEAD_HOST` for the first; the bare word for an address. */
function namesOf(n: number, fields: readonly string[]): string[] {
  const roles = Object.keys(ROLES).filter((role) => ROLES[role] === n)
  return fields.flatMap((field) =>
    field === ''
      ? WORDS.flatMap((word) => [`${word}${n}`, `${word}_${n}`])
      : [
          ...WORDS.flatMap((word) => [`${word}${n}_${field}`, `${word}_${n}_${field}`]),
          ...WORDS.flatMap((word) => [`${word}_${field}_${n}`, `${word}_${field}${n}`]),
          ...roles.map((role) => `${role}_${field}`),
        ],
  )
}

const splitUser = (text: string): string[] => [...(/^(?:([^@]*)@)?(.*)$/s.exec(text) ?? [])]

/** Ports are numbers, as far as they are. */
const numbered = (key: string, text: string | undefined): unknown =>
  key === 'ssh.port' && /^\d+$/.test(text ?? '') ? Number(text) : text

/** `spark1`, `SPARK_1` and `spark-1` are one name. */
const isCalled = (id: string, name: string): boolean =>
  addressKind(name) === 'name' && plain(id) === plain(name)
const plain = (text: string): string => text.toLowerCase().replace(/[-_]/g, '')
