import { type Config, isRecord, wordOf } from './config-text.ts'

export type Capability = 'chat' | 'completion' | 'vision' | 'audio' | 'embedding' | 'rerank'

/** What lies beside config.json, as far as it tells what a model is for. */
export interface Beside {
  /** What the chat template speaks; `template` where there is one. */
  markers: readonly string[]
  /** modules.json or 1_Pooling/: made for sentence-transformers. */
  isPooled: boolean
}

/** Families that bring their chat format as code for vLLM's tokenizer mode, not as a template. */
const CHATS_WITHOUT_TEMPLATE = /^deepseek_v(32|4)/

/** What a model can be used for, from its architecture and the files beside it. */
export function readCapabilities(flat: Config, architecture: string, beside: Beside): Capability[] {
  if (/ForSequenceClassification$/.test(architecture)) return ['rerank']
  if (beside.isPooled || /ForTextEncoding$/.test(architecture)) return ['embedding']
  if (!isGeneration(architecture)) return /Model$/.test(architecture) ? ['embedding'] : []
  const isChat =
    beside.markers.includes('template') || CHATS_WITHOUT_TEMPLATE.test(wordOf(flat.model_type))
  return [
    isChat ? 'chat' : 'completion',
    ...(hasVision(flat) ? ['vision' as const] : []),
    ...(isRecord(flat.audio_config) ? ['audio' as const] : []),
  ]
}

/** Whether an architecture writes text. */
export const isGeneration = (architecture: string): boolean =>
  /For(CausalLM|ConditionalGeneration)$|LMHeadModel$/.test(architecture)

const hasVision = (flat: Config): boolean =>
  isRecord(flat.vision_config) || Number.isInteger(flat.image_token_id)
