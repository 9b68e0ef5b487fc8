import { createDetector, type DetectContext, type DetectorOptions } from './index.ts'

/** A detector with a few regions and nothing listed, unless a test says otherwise. */
export function foundBy(options: Partial<DetectorOptions> = {}) {
  const detector = createDetector({
    regions: ['US', 'GB', 'DE', 'FR'],
    deny: [],
    allow: [],
    patterns: [],
    ...options,
  })
  /** `TYPE surface` of each finding. */
  return (text: string, context: Partial<DetectContext> = {}): string[] =>
    detector
      .detect(text, { mode: 'balanced', ...context })
      .map(({ type, start, end }) => `${type} ${text.slice(start, end)}`)
}
