import { execFileSync } from 'node:child_process'
import { cpSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')

/** Copies what git has, and the dashboard as it is built; `modules` is where its packages lie. */
export function copyCheckout(to: string, modules: string): void {
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' })
  for (const file of files.split('\0').slice(0, -1)) cpSync(join(ROOT, file), join(to, file))
  cpSync(join(ROOT, 'dist/ui'), join(to, 'dist/ui'), { recursive: true })
  symlinkSync(modules, join(to, 'node_modules'))
}
