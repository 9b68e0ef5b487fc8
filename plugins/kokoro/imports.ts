import type { OldNames } from '#core'

/** The tables of its words, for whoever comes from the first Spark Control. */
export const imports: OldNames = {
  id: 'tts',
  names: ['kokoro', 'kokoro-tts', 'speech'],
  usualHost: 'last',
  variables: {
    host: ['KOKORO_HOST', 'TTS_HOST'],
    url: ['KOKORO_URL', 'KOKORO_BASE_URL', 'TTS_URL', 'TTS_BASE_URL'],
    port: ['KOKORO_PORT', 'TTS_PORT'],
    user: ['KOKORO_USER', 'TTS_USER'],
    container: ['KOKORO_CONTAINER', 'KOKORO_CONTAINER_NAME', 'TTS_CONTAINER'],
  },
}
