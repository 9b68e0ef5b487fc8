import type { Command } from '../../hosts/sh.ts'
import { arg, script } from '../../hosts/sh.ts'
import { IN_FOLDER_SCRIPT } from './look-script.ts'
import type { UpdateTarget } from './update-source.ts'

/** The words that build the image. */
export const buildWords = (target: UpdateTarget, composeFile: string | null): string[] =>
  target.source.build ?? [...compose(target, composeFile), 'build']

/** The words that replace the container by one of the image as it is now. */
export const upWords = (target: UpdateTarget, composeFile: string | null): string[] =>
  target.source.up ?? [
    ...compose(target, composeFile),
    'up',
    '-d',
    '--no-build',
    '--force-recreate',
  ]

/** A command in the folder of the source. */
export const inFolder = ({ source }: UpdateTarget, words: readonly string[]): Command =>
  script(IN_FOLDER_SCRIPT, source.directory, ...words.map((word) => arg(word)))

/** A command as the plan shows it. */
export const shown = ({ source }: UpdateTarget, words: readonly string[]): string =>
  `cd ${source.directory} && ${words.map((word) => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ')}`

const compose = ({ host }: UpdateTarget, file: string | null): string[] => [
  host.spec.container_runtime,
  'compose',
  ...(file === null ? [] : ['-f', file]),
]
