import type { OldNames } from '#core'

/** The tables of its words, for whoever comes from the first Spark Control. */
export const imports: OldNames = {
  id: 'asr',
  names: ['parakeet', 'parakeet-asr', 'stt', 'transcription'],
  usualHost: 'last',
  variables: {
    host: ['PARAKEET_HOST', 'PARAKEET_ASR_HOST', 'ASR_HOST', 'STT_HOST'],
    url: ['PARAKEET_URL', 'PARAKEET_BASE_URL', 'ASR_URL', 'STT_URL'],
    port: ['PARAKEET_PORT', 'PARAKEET_ASR_PORT', 'ASR_PORT', 'STT_PORT'],
    user: ['PARAKEET_USER', 'ASR_USER'],
    container: [
      ...['PARAKEET_CONTAINER', 'PARAKEET_CONTAINER_NAME', 'PARAKEET_ASR_CONTAINER'],
      ...['ASR_CONTAINER', 'STT_CONTAINER'],
    ],
    server_model: ['PARAKEET_MODEL', 'ASR_MODEL'],
    'diarizer.url': ['DIARIZER_URL', 'DIARIZATION_URL', 'SORTFORMER_URL'],
    'diarizer.host': ['DIARIZER_HOST', 'DIARIZATION_HOST', 'SORTFORMER_HOST'],
    'diarizer.port': ['DIARIZER_PORT', 'DIARIZATION_PORT', 'SORTFORMER_PORT'],
    'diarizer.container': ['DIARIZER_CONTAINER', 'SORTFORMER_CONTAINER'],
  },
}
