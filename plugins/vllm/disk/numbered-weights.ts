/** `model-00001-of-00004.safetensors` says itself how many there are. */
export function missingNumbers(weights: string[]): string | undefined {
  const counts = new Map<string, number>()
  for (const name of weights) {
    const series = /^.*(?=-\d{5}-of-)|-of-\d{5}(?=\.safetensors$)/g
    const [stem, total] = name.match(series) ?? []
    if (stem === undefined || total === undefined) continue
    counts.set(`${stem}${total}`, (counts.get(`${stem}${total}`) ?? 0) + 1)
  }
  for (const [series, have] of counts) {
    const total = Number(series.slice(-5))
    if (have < total) return `${total - have} of ${total} weight files are missing`
  }
  return undefined
}
