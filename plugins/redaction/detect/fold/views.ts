import { decode } from './decode.ts'
import { fold } from './fold.ts'
import { compose, type View } from './view.ts'

/** Escapes inside escapes are undone this many times. */
const ROUNDS = 2

/** The folded text, and what it says once its escapes are undone. */
export function viewsOf(folded: View): View[] {
  const views = [folded]
  for (let round = 0; round < ROUNDS; round++) {
    const last = views.at(-1) ?? folded
    const decoded = decode(last.text)
    if (!decoded) break
    views.push(compose(last, compose(decoded, fold(decoded.text))))
  }
  return views
}
