import { setFlagsFromString } from 'node:v8'

/**
 * Imported first, for its effect. V8 takes memory as if there were no end of it: with 1,000 services
 * polled the process grew to 700 MB, of which 100 MB were in use. What a poll makes lives for
 * seconds, so a small nursery and an old generation that is swept after it grew by 15 % keep it
 * below 300 MB (`npm run bench:probes`). Both are read at each collection, so they may be set while
 * the program runs.
 */
setFlagsFromString('--semi-space-growth-factor=1')
setFlagsFromString('--heap-growing-percent=15')
