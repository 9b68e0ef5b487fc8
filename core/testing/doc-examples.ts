import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Whether there are curl and jq, without which no page for programs can be run. */
export const canRunExamples = (): Promise<boolean> =>
  Promise.all([run('curl', ['--version']), run('jq', ['--version'])]).then(
    () => true,
    () => false,
  )

/** What running the examples of a page brought. */
export interface DocRun {
  /** How many examples there were beside the address. */
  examples: number
  stdout: string
}

/**
 * Runs the `sh` blocks of a page one after the other against a controller, in a folder of their own
 * with the `files` they speak of. The first says where the controller is, and gives way to the right
 * address. Rejects with the line that failed.
 */
export async function runDocExamples(
  page: string,
  url: string,
  files: Record<string, Uint8Array> = {},
): Promise<DocRun> {
  const [address, ...examples] = [...page.matchAll(/```sh\n(.*?)```/gs)].map(
    ([, text]) => text ?? '',
  )
  if (address !== ADDRESS) throw new Error(`the first example of a page is ${ADDRESS}`)
  const folder = mkdtempSync(join(tmpdir(), 'doc-'))
  try {
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes)
    const script = [`SPARK=${url}\n`, ...examples].join('')
    // -x: a line that fails is seen in the error
    const { stdout } = await run('sh', ['-eux', '-c', script], { cwd: folder })
    return { examples: examples.length, stdout }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const ADDRESS = 'SPARK=http://127.0.0.1:9999\n'
