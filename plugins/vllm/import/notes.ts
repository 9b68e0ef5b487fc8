/** Something to be said of an imported file, at a line of it (1 is the first). */
export interface Note {
  line: number
  message: string
}

/** What is not carried over, and why. */
export interface Dropped {
  line: number
  what: string
  because: string
}

/** What became of what. */
export interface Translated {
  line: number
  from: string
  to: string
}

/** A text with the line it stands at. */
export interface Located {
  text: string
  line: number
}

/** All there is to say about one import, collected on the way. */
export interface Notes {
  mistakes: Note[]
  warnings: Note[]
  dropped: Dropped[]
  translated: Translated[]
}

export const createNotes = (): Notes => ({
  mistakes: [],
  warnings: [],
  dropped: [],
  translated: [],
})
