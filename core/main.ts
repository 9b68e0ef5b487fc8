#!/usr/bin/env node
/** The composition root: reads the command line and starts what it asks for. */
const [major = 0] = process.versions.node.split('.').map(Number)
if (major < 24) {
  process.stderr.write(
    `Spark Control needs Node 24 or newer; this is ${process.version}.\n` +
      'In a checkout, "npm install && npm start" brings the right one along.\n',
  )
  process.exit(1)
}

const { sparingly } = await import('./sparingly.ts')
// the garbage of loading some hundred modules would stay as memory for good
await sparingly(async () => (await import('./cli.ts')).runCli(process.argv))
// a start that failed halfway has timers and files open, and must not stay for them
if (process.exitCode === 2) process.exit()

export {}
