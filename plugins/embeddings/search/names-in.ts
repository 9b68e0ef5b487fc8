/** What the words of a text do not look like, but names of settings, codes, files, options and parts do. */
const SIGNS = [
  /[A-Za-z0-9]_[A-Za-z0-9]/, // hf_home, JOB_INTERRUPTED
  /^[A-Z]{5,}$/, // VALIDATION
  /[a-z][A-Z]/, // maxModelLen
  /[A-Za-z][.:][A-Za-z]/, // on_demand.preload, kokoro:seconds
  /[A-Za-z]-?\d|\d[A-Za-z]/, // GB10, SHA-256, 20g
  /^[A-Z]\w*-[A-Z]/, // X-Queue-Position
  /^--?[a-z]/, // --port
  /^\/[a-z]/, // /healthz
]

/** Words of a query that name one thing: those have to be found as they stand, not what is like them. */
export const namesIn = (query: string): string[] =>
  query
    .split(/\s+/)
    .map((word) => word.replace(/^[("'`]+|[)"'`?!.,:;]+$/g, ''))
    .filter((word) => SIGNS.some((sign) => sign.test(word)))
