import { mayBeSecret } from '#core'
import { TUNING_FLAGS, whyOwn } from '../recipe/flags.ts'
import type { Located, Notes } from './notes.ts'

/** What `vllm serve` was told, sorted into what a recipe has. */
export interface ServeCommand {
  model: Located | undefined
  /** Fields of the recipe; values as they stood, numbers read. */
  fields: Map<ServeField, { value: string | number; line: number }>
  args: Located[]
}

export type ServeField =
  | 'tensor_parallel'
  | 'max_model_len'
  | 'gpu_memory_utilization'
  | 'kv_cache_dtype'
  | 'tool_parser'
  | 'reasoning_parser'
  | 'load_format'
  | 'moe_backend'

const FIELDS: Readonly<Record<string, ServeField>> = {
  'tensor-parallel-size': 'tensor_parallel',
  'max-model-len': 'max_model_len',
  'gpu-memory-utilization': 'gpu_memory_utilization',
  'kv-cache-dtype': 'kv_cache_dtype',
  'tool-call-parser': 'tool_parser',
  'reasoning-parser': 'reasoning_parser',
  'load-format': 'load_format',
  'moe-backend': 'moe_backend',
}

/** Short forms of vLLM's flags. */
const LONG: Readonly<Record<string, string>> = {
  tp: 'tensor-parallel-size',
  pp: 'pipeline-parallel-size',
  dp: 'data-parallel-size',
  q: 'quantization',
  cc: 'compilation-config',
}

/** Left out without a word being lost: the recipe's own field says the same. */
const IMPLIED = new Set(['enable-auto-tool-choice', 'model'])

/** Sorts the words after `vllm serve`. vLLM takes the last of a flag given twice. */
export function translateCommand(words: readonly Located[], notes: Notes): ServeCommand {
  const command: ServeCommand = { model: undefined, fields: new Map(), args: [] }
  const given = new Map<string, Option>()
  for (const part of readOptions(words)) {
    if (part.flag === undefined) {
      if (command.model) {
        notes.mistakes.push({ line: part.line, message: `"${part.written}" belongs to no flag` })
      } else command.model = { text: part.written, line: part.line }
      continue
    }
    const before = given.get(part.flag)
    if (before) {
      const because = `given again in line ${part.line}, which counts`
      notes.dropped.push({ line: before.line, what: before.written, because })
    }
    given.set(part.flag, part)
  }
  const model = given.get('model')?.values[0]
  command.model ??= model
  for (const option of given.values()) place(option, command, notes)
  return command
}

interface Option {
  /** Long name without dashes; undefined for a word that follows no flag. */
  flag: string | undefined
  written: string
  values: Located[]
  line: number
}

function* readOptions(words: readonly Located[]): Generator<Option> {
  let option: Option | undefined
  for (const word of words) {
    const [, dashes, name = '', inline] =
      /^(--?)([A-Za-z][\w.-]*)(?:=([\s\S]*))?$/.exec(word.text) ?? []
    if (dashes === undefined) {
      if (option) option.values.push(word)
      else yield { flag: undefined, written: word.text, values: [], line: word.line }
      continue
    }
    if (option) yield option
    const dashed = name.replaceAll('_', '-')
    const flag = dashes === '-' ? (LONG[name] ?? `-${name}`) : dashed
    const values = inline === undefined ? [] : [{ text: inline, line: word.line }]
    option = {
      flag,
      written: inline === undefined ? word.text : `${dashes}${name}`,
      values,
      line: word.line,
    }
    // what follows a value of its own is a word of its own
    if (inline !== undefined) {
      yield option
      option = undefined
    }
  }
  if (option) yield option
}

function place(option: Option, command: ServeCommand, notes: Notes): void {
  const { flag = '', values, line } = option
  const field = Object.hasOwn(FIELDS, flag) ? FIELDS[flag] : undefined
  if (field) placeField(field, option, command, notes)
  else if (/^(pipeline|data)-parallel-size$/.test(flag)) {
    if (values[0]?.text === '1') return
    const message = `${spoken(option)}: a model is split by tensor_parallel only`
    notes.mistakes.push({ line, message })
  } else if ((TUNING_FLAGS as readonly string[]).includes(flag)) {
    command.args.push({ text: `--${flag}`, line }, ...values)
    notes.translated.push({ line, from: spoken(option), to: 'args' })
  } else if (!IMPLIED.has(flag)) {
    notes.dropped.push({ line, what: spoken(option), because: whyDropped(flag) })
  }
}

function whyDropped(flag: string): string {
  if (flag === 'served-model-name') {
    return 'clients use the repo id; further names stand in serve_as of the service'
  }
  return whyOwn(flag) ?? 'not among the flags a recipe may set'
}

function placeField(field: ServeField, option: Option, command: ServeCommand, notes: Notes): void {
  const { values, line } = option
  const [value, second] = values
  if (!value || second) {
    notes.mistakes.push({ line, message: `${option.written} wants one value` })
    return
  }
  if (field === 'max_model_len' && /^(auto|-1)$/.test(value.text)) {
    const because = 'left to the engine, as it is where nothing is set'
    notes.dropped.push({ line, what: spoken(option), because })
    return
  }
  const read = readValue(field, value.text)
  command.fields.set(field, { value: read, line })
  notes.translated.push({ line, from: spoken(option), to: `${field}: ${read}` })
}

/** The text of a flag as its field has it: a number where it is one of those. */
export const readValue = (field: ServeField, text: string): string | number =>
  NUMBERS.has(field) ? readNumber(text) : text

const NUMBERS = new Set<ServeField>(['tensor_parallel', 'max_model_len', 'gpu_memory_utilization'])

const UNITS: Readonly<Record<string, number>> = {
  k: 1e3,
  m: 1e6,
  g: 1e9,
  K: 2 ** 10,
  M: 2 ** 20,
  G: 2 ** 30,
}

/** `131072`, `0.85`, and vLLM's `128k` (thousands) and `128K` (1024s); text where it is no number. */
function readNumber(text: string): string | number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)([kmgKMG])?$/.exec(text) ?? []
  if (digits === undefined) return text
  return unit ? Math.floor(Number(digits) * (UNITS[unit] ?? 1)) : Number(digits)
}

/** As it was written; what may be a secret is not repeated. */
const spoken = ({ written, values }: Option): string => {
  const isSecret =
    /key|token|secret|password/i.test(written) ||
    values.some((value) => mayBeSecret('', value.text))
  const text = [written, ...(isSecret ? [] : values.map((value) => value.text))].join(' ')
  return text.length > 120 ? `${text.slice(0, 119)}…` : text
}
