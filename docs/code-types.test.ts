import { join } from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { type CodeBlock, codeBlocks, pages, ROOT } from './testing/code-blocks.ts'

/** What examples take for given: a client, a recording, what came in. Each is used where nothing defines it. */
const GIVEN: Record<string, string> = {
  OpenAI: "import OpenAI from 'openai'",
  openai: "import OpenAI_ from 'openai'\ndeclare const openai: OpenAI_",
  fs: "import fs from 'node:fs'",
  texts: 'declare const texts: string[]',
  body: 'declare const body: string',
  headers: 'declare const headers: Record<string, string>',
}

const blocks = pages()
  .flatMap((page) => codeBlocks(page))
  .filter(({ language }) => language === 'ts' || language === 'js')

/** Shows that mistakes are found: one program checks them all, since reading its types is what takes long. */
const WRONG = join(ROOT, 'docs', 'block-wrong.ts')

it('every TypeScript and JavaScript block of the pages type-checks', () => {
  const files = new Map(
    blocks.map((block, index) => [join(ROOT, 'docs', `block-${index}.ts`), block]),
  )
  expect(files.size).toBeGreaterThan(4)
  const sources = new Map([...files].map(([name, block]) => [name, sourceOf(block)]))
  const mistakes = check(sources.set(WRONG, "export const x: number = 'no'\n"))
  const told = mistakes.map(({ file, message }) => {
    const { page = 'wrong', line = 0 } = files.get(file) ?? {}
    return `${page}:${line}: ${message}`
  })
  expect(told).toEqual([expect.stringMatching(/^wrong:0: Type 'string' is not assignable/)])
})

function sourceOf({ text }: CodeBlock): string {
  const given = Object.entries(GIVEN)
    .filter(([name]) => new RegExp(`\\b${name}\\b`).test(text))
    .filter(([name]) => !new RegExp(`(const|import) ({ )?${name}\\b`).test(text))
  return [...given.map(([, line]) => line), text, 'export {}'].join('\n')
}

function check(sources: ReadonlyMap<string, string>): { file: string; message: string }[] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT)
  Object.assign(options, {
    ...{
      noEmit: true,
      noUnusedLocals: false,
      skipLibCheck: true,
      paths: { 'spark-control': [join(ROOT, 'core/index.ts')] },
    },
  })
  const host = ts.createCompilerHost(options)
  const { readFile, fileExists } = host
  host.readFile = (name) => sources.get(name) ?? readFile(name)
  host.fileExists = (name) => sources.has(name) || fileExists(name)
  const program = ts.createProgram([...sources.keys()], options, host)
  return [...sources.keys()].flatMap((file) => {
    const source = program.getSourceFile(file)
    const found = [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ]
    return found.map(({ messageText }) => ({
      file,
      message: ts.flattenDiagnosticMessageText(messageText, '\n'),
    }))
  })
}
