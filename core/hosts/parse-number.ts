/** [N/A], [Not Supported], [Unknown Error] and empty cells are null, never 0. */
export function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : null
}
