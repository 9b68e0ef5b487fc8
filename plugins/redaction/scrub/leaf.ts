import type { Layer } from '../detect/index.ts'
import type { EntityType } from '../entity-types.ts'

/**
 * `text`: anything somebody wrote. `name`: an identifier of a program, where brackets may be refused.
 * `number`: a number of JSON. `json`: a text that is JSON, such as the arguments of a tool.
 */
export type LeafForm = 'text' | 'name' | 'number' | 'json'

/** One string of the input, or a number or key, in which things are masked. */
export interface Leaf {
  /** As it was given; offsets count in it. */
  text: string
  form: LeafForm
  views: LeafView[]
}

/** What is looked at of a leaf: all of it, or one string of its JSON. */
export interface LeafView {
  text: string
  /** Where each unit of `text`, and its end, lies in the leaf; null: it is the leaf. */
  offsets: readonly number[] | null
  /** A finding masks all of it: half a name is no name. */
  isWhole?: true
  /** A picture, sound or file: there is nothing to look into. */
  isBinary?: true
  /** What it is called where it stands, which tells `password` from a word. */
  label?: string
  /** A number of JSON, whose placeholder needs quotes. */
  isNumber?: true
  /** It stands in JSON, escaped. */
  isJson?: true
}

/** What is masked of a view, in its offsets. */
export interface Mask {
  start: number
  end: number
  type: EntityType
  layer: Layer
}

/** Where a place of a view lies in its leaf. */
export const inLeaf = ({ offsets }: LeafView, at: number): number => offsets?.[at] ?? at

type Told = Pick<LeafView, 'label' | 'isBinary'>

export const textLeaf = (text: string, told: Told = {}): Leaf => ({
  text,
  form: 'text',
  views: [{ text, offsets: null, ...told }],
})

/** A name is read as the words it is made of, so that `customer_name` is not a word nobody knows. */
export function nameLeaf(text: string): Leaf {
  const words = wordsOf(text)
  // it is masked whole or not at all, so only where it begins and ends counts
  const isLonger = words.length !== text.length
  const offsets = isLonger ? [...new Array(words.length).fill(0), text.length] : null
  return { text, form: 'name', views: [{ text: words, offsets, isWhole: true }] }
}

export function numberLeaf(value: number, told: Told = {}): Leaf {
  const text = String(value)
  const views: LeafView[] = [{ text, offsets: null, isWhole: true, isNumber: true, ...told }]
  return { text, form: 'number', views }
}

/** `customer_name` and `customerName` are two words. */
function wordsOf(name: string): string {
  if (!/^[A-Za-z0-9_.$-]{1,128}$/.test(name)) return name
  const apart = name.replace(/[_.$-]/g, ' ')
  return /^[a-z]+(?:[A-Z][a-z]+)+$/.test(name)
    ? apart.replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`)
    : apart
}
