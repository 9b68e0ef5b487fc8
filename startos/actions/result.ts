import type { T } from '@start9labs/start-sdk'

type Single = Extract<T.ActionResultV1['result'], { type: 'single' }>

/** One value to read and copy. */
export const single = (value: string, masked = false): Single => ({
  type: 'single',
  value,
  masked,
  copyable: true,
  qr: false,
})

/** What an action shows when it is done. */
export const result = (
  title: string,
  message: string | null,
  shown: T.ActionResultV1['result'] = null,
): T.ActionResultV1 & { version: '1' } => ({ version: '1', title, message, result: shown })
