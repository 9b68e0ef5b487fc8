import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { judgeFolder } from './judge-folder.ts'
import { type Built, judgeManifest } from './judge-manifest.ts'

/** `npm run startos:check`: says what start-cli would refuse; exit 1 if there is something. */
const root = fileURLToPath(new URL('../..', import.meta.url))
const bundle = join(root, 'javascript')
const problems = existsSync(join(bundle, 'index.js'))
  ? judge()
  : ['there is no javascript/index.js: npm run startos:build']
for (const problem of problems) process.stderr.write(`${problem}\n`)
if (problems.length > 0) process.exitCode = 1
else process.stdout.write('start-cli should find everything it needs\n')

function judge(): string[] {
  // The very command start-cli asks for the manifest with.
  const command = `console.log(JSON.stringify(require('${bundle}/index.js').manifest))`
  const said = execFileSync(process.execPath, ['-e', command], { encoding: 'utf8' }).trim()
  if (said === 'undefined') return ['javascript/index.js exports no manifest']
  const manifest = JSON.parse(said) as Built
  return [...judgeManifest(manifest), ...judgeFolder(root, manifest)]
}
