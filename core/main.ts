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

await import('./lean-memory.ts')
const { runCli } = await import('./cli.ts')
await runCli(process.argv)

export {}
