import type { MaskTools } from '../scrub/mask-leaves.ts'
import type { Asker, LocalModel } from './local-model.ts'
import { notAllowed, unite } from './unite.ts'

type Scan = MaskTools['scan']

/** A scan in which the model takes part; `onSilent` is told where it did not and need not. */
export const scanWithModel =
  (
    scan: Scan,
    model: LocalModel,
    { asker, allow, onSilent }: { asker: Asker; allow: readonly string[]; onSilent(): void },
  ): Scan =>
  async (text, known) => {
    const own = await scan(text, known)
    const spans = await model.find(text, asker)
    if (spans) return unite(own, notAllowed(text, spans, allow))
    onSilent()
    return own
  }
