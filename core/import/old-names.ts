/**
 * How the first Spark Control spoke of a kind. Its words are given as closed tables, since its files
 * were free of any schema: what stands in no table is reported, never guessed at.
 */
export interface OldNames {
  /** Id of the service in topology.yaml. */
  id: string
  /** What DISABLED_SERVICES may call it. */
  names: readonly string[]
  /** Keys of the service, dotted, each with the environment variables that set it; the first wins. */
  variables: Readonly<Record<string, readonly string[]>>
  /** It was there in any case: it is written though no variable speaks of it. */
  isAlways?: true
  /** The machine it is taken to run on where nothing says it: of two or more the first or the last. */
  usualHost?: 'first' | 'last'
  /** What the first one took for granted, for keys nothing was said of. `hosts` are ids, the service's own first. */
  guesses?(hosts: readonly string[]): Readonly<Record<string, Guess>>
  /** Reads an entry of its models.yaml. */
  recipe?(model: OldModel): ImportedRecipe
}

/** A value nobody gave, and what its owner is to look at. */
export interface Guess {
  value: unknown
  check: string
}

/** An entry of models.yaml with its overrides. */
export interface OldModel {
  id: string
  /** Values as YAML gives them: texts, numbers, booleans, null, lists and maps. */
  fields: ReadonlyMap<string, unknown>
  /** Fields that an override changed or added: they count before what others say. */
  overridden: ReadonlySet<string>
}

/** What became of an entry. */
export interface ImportedRecipe {
  /** File name of the recipe without .yaml, and what it holds; null: there is none to write. */
  file: { key: string; recipe: Record<string, unknown> } | null
  /** Fields of the entry that went into it, or that have no use here. All others are reported. */
  understood: ReadonlySet<string>
  /** Fields of the recipe whose value is a guess, and what to look at. */
  checks: Readonly<Record<string, string>>
  /** What is to be known beyond that, such as parts of a field that were left out. */
  notes: readonly { field?: string; text: string }[]
}
