/** A value for topology.yaml. */
export interface Noted {
  value: unknown
  /** Where it comes from: the name of a variable. */
  from?: string
  /** It is a guess; what the owner is to look at. */
  check?: string
}

/** A host or a service on its way into topology.yaml. */
export interface Entry {
  id: string
  /** By dotted key, in the order they are to stand. */
  keys: Map<string, Noted>
  /** Lines above it. */
  comments: string[]
}

/** A topology on its way, in the order of the file. */
export interface Draft {
  listen: Entry
  hosts: Entry[]
  services: Entry[]
  disabled: string[]
  /** Lines at the end: what has no place in the file. */
  leftovers: string[]
}

export const createEntry = (id: string): Entry => ({ id, keys: new Map(), comments: [] })

/** Something to tell, at a place of one of the files read; lines and columns count from 1. */
export interface Remark {
  file: string
  line: number
  column: number
  text: string
}
