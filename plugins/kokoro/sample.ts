import type { Sample } from '#core'

/** Two sentences to be spoken, with another number in each. */
export const speechSample = async (): Promise<Sample> => ({
  title: 'texts of two sentences',
  path: '/v1/audio/speech',
  headers: { 'content-type': 'application/json' },
  body: (n) =>
    JSON.stringify({
      ...{ model: 'kokoro', voice: 'af_heart', response_format: 'pcm', stream: true },
      input: `This is text number ${n}, spoken to see how many can be spoken at a time. Thank you for listening.`,
    }),
})
