import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { quote } from '../../core/hosts/sh.ts'
import { moduleBeside } from '../../core/module-beside.ts'
import { findProgram } from './find-program.ts'

const NOTE =
  '# Stand-in of the Spark Control sandbox: asks the simulated host, does nothing itself.'
const CALL = fileURLToPath(moduleBeside(import.meta.url, './call'))

/** A program that hands its words to the sandbox and prints what comes back, as it comes. */
export const callScript = (run: string, tool: string): string =>
  `#!/bin/sh\n${NOTE}\n${execCall(run, tool)}`

function execCall(run: string, tool: string): string {
  // the compile cache halves the start: 40 ms instead of 90
  const cache = process.env.NODE_COMPILE_CACHE ?? join(run, 'compile-cache')
  return `NODE_COMPILE_CACHE=${quote(cache)} exec ${quote(process.execPath)} ${quote(CALL)} \\
  ${quote(join(run, 'gate'))} ${tool} "$@"
`
}

/**
 * Docker is asked what there is every few seconds, on every host, for as long as the sandbox runs.
 * Such a question goes through bash, where there is one that can: 5 ms instead of 40.
 */
export function dockerScript(run: string): string {
  const bash = findProgram('bash')
  if (!bash) return callScript(run, 'docker')
  return `#!${bash}
${NOTE}
case $1 in inspect | ps | top | image)
  if read -r port token <${quote(join(run, 'gate'))} && { exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null; then
    printf '%s\\0' "$token" docker "$#" "$@" >&3
    if IFS= read -r -d '' status <&3 && IFS= read -r -d '' errors <&3; then
      printf %s "$errors" >&2
      cat <&3
      exit "$status"
    fi
    exec 3>&-
  fi
esac
${execCall(run, 'docker')}`
}
