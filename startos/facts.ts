/** Names and numbers several files must agree on; the manifest has its own literals, held by a test. */

/** The port the controller listens on in its container. Other packages reach it by these two. */
export const UI_PORT = 9999
export const UI_HOST = 'ui'
export const UI_INTERFACE = 'ui'

/** Who signs in at the https address. */
export const UI_USER = 'admin'

export const IMAGE = 'spark-control'

/** Where the volume `main` lies in the container. */
export const DATA = '/data'

/** How the image starts the controller's program: every command line begins with it. */
export const PROGRAM = ['node', '/app/core/main.js'] as const

/** The user the image runs as, by number: the volume belongs to root at every start. */
export const IMAGE_USER = '1000:1000'
