import { type Command, type Static, sh, Type } from '#core'
import { FOLDER, IMAGE } from '../recipe/patterns.ts'

/** Where one model lies on one host. */
export const ModelPlace = Type.Object({
  host: Type.String(),
  source: Type.Union([Type.Literal('hf-cache'), Type.Literal('local')]),
  /** The hub folder, or the folder a local model's folder lies in. */
  parent: Type.String({ pattern: '^/[^\\x00-\\x1f]*$' }),
  /** `models--Qwen--Qwen3-8B`, or the local folder's name. Never a path. */
  name: Type.String({ pattern: '^(?!\\.)(?!.*\\.\\.)[A-Za-z0-9._-]{1,220}$' }),
})
export type ModelPlace = Static<typeof ModelPlace>

/** Every path that belongs to a model: its folder and, in a hub cache, its locks. */
export function pathsOf({ source, parent, name }: ModelPlace): string[] {
  const folder = `${parent}/${name}`
  return source === 'hf-cache' ? [folder, `${parent}/.locks/${name}`] : [folder]
}

/** Removes a model as the login user. */
export const removeCommand = (place: ModelPlace): Command => sh`rm -rf -- ${pathsOf(place)}`

const plainFolder = new RegExp(FOLDER)
const plainImage = new RegExp(IMAGE)

/**
 * Removes what containers wrote as root, by a container: there is no sudo. Undefined where the
 * folder's name would be taken apart by `-v`.
 */
export function removeAsRootCommand(
  place: ModelPlace,
  runtime: string,
  image: string,
): Command | undefined {
  if (!plainFolder.test(place.parent) || !plainImage.test(image)) return undefined
  const inside = pathsOf({ ...place, parent: '/h' })
  return sh`${runtime} run --rm --pull never --network none --user 0 --entrypoint rm -v ${`${place.parent}:/h`} ${image} -rf -- ${inside}`
}
