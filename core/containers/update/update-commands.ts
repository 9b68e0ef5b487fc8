import type { Command } from '../../hosts/sh.ts'
import { arg, script } from '../../hosts/sh.ts'
import type { Compose } from './compose.ts'
import { IN_FOLDER_SCRIPT } from './look-script.ts'
import type { UpdateTarget } from './update-source.ts'

/** The words that build the image. */
export const buildWords = ({ source }: UpdateTarget, compose: Compose): string[] =>
  source.build ?? [...call(compose), 'build']

/** The words that replace the container by one of the image as it is now. */
export const upWords = ({ source }: UpdateTarget, compose: Compose): string[] =>
  source.up ?? [...call(compose), 'up', '-d', '--no-build', '--force-recreate']

/** A command in the folder of the source. */
export const inFolder = ({ source }: UpdateTarget, words: readonly string[]): Command =>
  script(IN_FOLDER_SCRIPT, source.directory, ...words.map((word) => arg(word)))

/** A command as the plan shows it. */
export const shown = ({ source }: UpdateTarget, words: readonly string[]): string =>
  `cd ${source.directory} && ${words.map((word) => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ')}`

/** Both versions of compose take the same words. */
const call = ({ tool, file }: Compose): string[] => [
  ...(tool?.command ?? 'docker compose').split(' '),
  ...(file === null ? [] : ['-f', file]),
]
