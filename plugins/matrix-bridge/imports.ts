import type { OldNames } from '#core'

/** The tables of its words, for whoever comes from the first Spark Control. The id is that of its paths. */
export const imports: OldNames = {
  id: 'matrix-bridge',
  names: ['matrix', 'bridge', 'bot'],
  usualHost: 'last',
  variables: {
    host: ['MATRIX_BRIDGE_HOST', 'BRIDGE_HOST', 'BOT_HOST'],
    user: [...['MATRIX_BRIDGE_USER', 'MATRIX_BRIDGE_SSH_USER', 'BRIDGE_USER', 'BOT_USER']],
    directory: [
      ...['MATRIX_BRIDGE_DIR', 'MATRIX_BRIDGE_DIRECTORY', 'MATRIX_BRIDGE_PATH', 'BRIDGE_DIR'],
      ...['BRIDGE_PATH', 'BOT_DIR'],
    ],
    container: [
      ...['MATRIX_BRIDGE_CONTAINER', 'MATRIX_BRIDGE_CONTAINER_NAME', 'BRIDGE_CONTAINER'],
      'BOT_CONTAINER',
    ],
    branch: ['MATRIX_BRIDGE_BRANCH', 'BRIDGE_BRANCH', 'BOT_BRANCH'],
    compose: ['MATRIX_BRIDGE_COMPOSE', 'MATRIX_BRIDGE_COMPOSE_FILE', 'BRIDGE_COMPOSE_FILE'],
  },
}
