/** `1 host`, `2 hosts`, for what people read. */
export const count = (n: unknown, one: string, many = `${one}s`): string =>
  `${n} ${n === 1 ? one : many}`
