import { existsSync, readdirSync } from 'node:fs'
import { basename, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { asControlError, ControlError } from './errors.ts'
import { admitFolder } from './out-of-tree.ts'
import { API_VERSION, type ServicePlugin } from './plugin.ts'
import { publicPlaces } from './topology/public-places.ts'

/** A kind as found in a folder. */
export interface LoadedKind {
  plugin: ServicePlugin
  /** Absolute folder; recipes/ and ui/ lie in it. */
  folder: string
  isOutOfTree: boolean
  /** It brings ui/tile.js, to be loaded as it is. Kinds in the tree are built into the dashboard. */
  hasTileModule: boolean
}

/** The kinds of this installation, and the folders that could not be loaded with the reason. */
export interface Catalog {
  kinds: ReadonlyMap<string, LoadedKind>
  problems: { folder: string; message: string }[]
}

/** Keys of a service that core owns; a kind's settings may not repeat them. */
export const CORE_SERVICE_KEYS = [
  'kind',
  'host',
  'port',
  'url',
  'api_key',
  'user',
  'request_timeout',
  'concurrency',
  'queue',
  'max_wait',
  'retry',
  'default',
] as const

/**
 * First segments under /api that are the core's own, so no service may have them as its id
 * and no door may begin with them.
 */
export const CORE_SEGMENTS = [
  'access',
  'audit',
  'connectivity',
  'coordination',
  'discover',
  'events',
  'hosts',
  'jobs',
  'openapi.json',
  'sandbox',
  'services',
  'topology',
]

/** Where a kind from outside the tree has its own tile. */
export const TILE_MODULE = join('ui', 'tile.js')

export const BUILT_IN_PLUGINS = fileURLToPath(new URL('../plugins/', import.meta.url))

/**
 * Finds the kinds: every folder of plugins/, then the out-of-tree folders the topology names.
 * A folder that fails is listed under `problems` and costs only its own kind.
 */
export async function loadCatalog(outOfTree: readonly string[] = []): Promise<Catalog> {
  const kinds = new Map<string, LoadedKind>()
  const problems: Catalog['problems'] = []
  const folders = [
    ...listFolders(BUILT_IN_PLUGINS).map((folder) => ({ folder, isOutOfTree: false })),
    ...outOfTree.map((folder) => ({ folder: resolve(folder), isOutOfTree: true })),
  ]
  for (const { folder, isOutOfTree } of folders) {
    try {
      if (isOutOfTree) admitFolder(folder)
      const plugin = await importPlugin(folder)
      checkPlugin(plugin, basename(folder))
      const other = kinds.get(plugin.kind)
      if (other) {
        throw new ControlError(
          'KIND_DUPLICATE',
          `kind "${plugin.kind}" is already loaded from ${other.folder}`,
          { hint: 'rename the folder and its kind' },
        )
      }
      const hasTileModule = isOutOfTree && existsSync(join(folder, TILE_MODULE))
      kinds.set(plugin.kind, { plugin, folder, isOutOfTree, hasTileModule })
    } catch (thrown) {
      problems.push({ folder, message: importFailure(thrown, folder) })
    }
  }
  return { kinds, problems: [...problems, ...clashingDoors(kinds)] }
}

/** Throws with every rule of the contract that `plugin` breaks. */
export function checkPlugin(plugin: ServicePlugin, folderName: string): void {
  const mistakes: string[] = []
  if (plugin.apiVersion !== API_VERSION)
    mistakes.push(`apiVersion is ${String(plugin.apiVersion)}; this is version ${API_VERSION}`)
  if (plugin.kind !== folderName)
    mistakes.push(`kind is "${plugin.kind}", the folder is called "${folderName}"`)
  if (plugin.place !== 'host' && plugin.place !== 'controller')
    mistakes.push(`place is "${String(plugin.place)}", not "host" or "controller"`)
  if (plugin.tile?.figures?.some(({ key, label }) => !key || !label))
    mistakes.push('a figure of its tile has no key or no label')
  for (const key of CORE_SERVICE_KEYS)
    if (plugin.settings?.properties && key in plugin.settings.properties)
      mistakes.push(`settings.${key} repeats a key of the core`)
  if (!plugin.settings?.properties) mistakes.push('settings is not a Type.Object')
  for (const [routes, name] of [
    [plugin.api, 'api'],
    [plugin.door ?? {}, 'door'],
  ] as const)
    for (const [key, route] of Object.entries(routes ?? {})) {
      if (!/^(GET|POST|PUT|PATCH|DELETE) \/\S*$/.test(key))
        mistakes.push(`${name} "${key}" is not "METHOD /path"`)
      if (key.startsWith('GET ') && route.effect !== 'read')
        mistakes.push(`${name} "${key}" is a GET, so its effect must be "read"`)
      if (!route.reply && !route.forward && !route.raw)
        mistakes.push(`${name} "${key}" says neither reply nor forward nor raw`)
      else if (route.effect === 'operate' && !route.reply)
        mistakes.push(`${name} "${key}" operates, so it must be a JSON route`)
    }
  for (const key of Object.keys(plugin.door ?? {}))
    if (isCorePath(key.split(' ')[1] ?? '')) mistakes.push(`door "${key}" is a path of the core`)
  if (plugin.door && Object.keys(plugin.door).length > 0 && !plugin.open && needsHandlers(plugin))
    mistakes.push('door has routes, but open() is missing')
  for (const place of plugin.settings?.properties ? publicPlaces(plugin.settings) : [])
    if (plugin.place !== 'controller')
      mistakes.push(
        `settings.${place} leaves the private ranges, which only a kind of the controller may`,
      )
  if (typeof plugin.start !== 'function') mistakes.push('start is not a function')
  if (mistakes.length)
    throw new ControlError('PLUGIN_INVALID', `plugin ${folderName}: ${mistakes.join('; ')}`)
}

/** First path segments the kinds' doors take, which no service id may equal. */
export function doorSegments(kinds: Iterable<LoadedKind>): string[] {
  const segments = new Set<string>()
  for (const { plugin } of kinds)
    for (const key of Object.keys(plugin.door ?? {})) {
      const [, first, second] = (key.split(' ')[1] ?? '').split('/')
      segments.add((first === 'api' ? second : first) ?? '')
    }
  return [...segments].filter(Boolean)
}

const needsHandlers = (plugin: ServicePlugin): boolean =>
  Object.values(plugin.door ?? {}).some((route) => !route.forward)

function listFolders(parent: string): string[] {
  if (!existsSync(parent)) return []
  return readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsIndex(join(parent, entry.name)))
    .map((entry) => join(parent, entry.name))
    .sort()
}

const INDEX_FILES = ['index.ts', 'index.js', 'index.mjs']
const existsIndex = (folder: string): string | undefined =>
  INDEX_FILES.map((name) => join(folder, name)).find((path) => existsSync(path))

async function importPlugin(folder: string): Promise<ServicePlugin> {
  const index = existsIndex(folder)
  if (!index)
    throw new ControlError('PLUGIN_MISSING', `${folder} has no ${INDEX_FILES.join(' or ')}`)
  const { default: plugin } = (await import(pathToFileURL(index).href)) as {
    default?: ServicePlugin
  }
  if (typeof plugin !== 'object' || plugin === null)
    throw new ControlError(
      'PLUGIN_INVALID',
      `the default export of ${index} ${plugin === undefined ? 'is missing' : 'is no plain object'}`,
    )
  return plugin
}

/** What keeps a folder from being loaded; begun with the line of its own that it arose at. */
function importFailure(thrown: unknown, folder: string): string {
  const message = asControlError(thrown).message.replaceAll(/\s*\n\s*/g, ' ')
  const { stack = '' } = thrown instanceof Error ? thrown : {}
  const [, file, line] = /(\/[^\n:]*):(\d+)/.exec(stack) ?? []
  const path = file?.replace(/^\/+/, '/')
  return path?.startsWith(folder + sep) ? `${relative(folder, path)}:${line}: ${message}` : message
}

const CORE_PATHS = /^\/(api|healthz|metrics|v1\/models)?$/

/** Paths the core answers itself; mounted twice, they would answer nobody. */
const isCorePath = (path: string): boolean => {
  const [, api, first = ''] = path.split('/')
  return CORE_PATHS.test(path) || (api === 'api' && CORE_SEGMENTS.includes(first))
}

/** Two kinds may share a path only under /v1, where the model decides. */
function clashingDoors(kinds: ReadonlyMap<string, LoadedKind>): Catalog['problems'] {
  const owners = new Map<string, string>()
  const problems: Catalog['problems'] = []
  for (const { plugin, folder } of kinds.values())
    for (const key of Object.keys(plugin.door ?? {})) {
      const owner = owners.get(key)
      if (owner && !key.includes(' /v1/'))
        problems.push({ folder, message: `"${key}" is already a path of kind "${owner}"` })
      owners.set(key, plugin.kind)
    }
  return problems
}
