import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, expectTypeOf, it } from 'vitest'
import { isPresent } from '../testing/real/is-present.ts'
import type { Host } from './host.ts'
import { arg, type Command, display, script, secret, sh, type Word, wireOf } from './sh.ts'
import { takeTime } from './testing/soon.ts'

takeTime()

const text = (command: Command) => wireOf(command).text

/** Runs a shell with a text on stdin and gives its stdout. */
function runShell(shell: string[], input: string, cwd = '/'): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const [file = 'sh', ...args] = shell
  const child = spawn(file, args, { cwd, stdio: ['pipe', 'pipe', 'inherit'] })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.on('error', reject)
  child.on('close', () => resolve(Buffer.concat(chunks)))
  child.stdin.end(input)
  return promise
}

/** What the engine hands to a tag for a text that cannot be written as one. */
const template = (...texts: string[]) =>
  Object.freeze(Object.assign([...texts], { raw: Object.freeze(texts) }))

const SHELLS = [['dash'], ['bash', '--norc'], ['busybox', 'sh']].filter(([name = '']) =>
  isPresent(name),
)

/** A seeded generator, so that a failing string can be made again. */
function seeded(seed: number) {
  let state = seed
  return (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const PIECES = [
  ...'\'"`$\\!*?[]{}()<>|&;#~=%^ \t\n\r\u0001\u007f-/.,:abcAZ09'.split(''),
  '$(touch CANARY)',
  '`touch CANARY`',
  "'; touch CANARY; '",
  '"; touch CANARY; "',
  '\n touch CANARY \n',
  "\\'",
  "'\\''",
  '$HOME',
  '$'.concat('{IFS}'),
  '--privileged',
  '&& touch CANARY',
  '|| touch CANARY',
  '<<EOF',
  '\\\n',
  'ä',
  '漢',
  '😀',
  '\u202e',
  '\ufeff',
  '\u0085',
  '\u2028',
]

function hostile(random: (below: number) => number): string {
  const length = random(8)
  return Array.from({ length }, () => PIECES[random(PIECES.length)]).join('')
}

describe('100,000 hostile strings', () => {
  const random = seeded(20261124)
  const strings = Array.from({ length: 100_000 }, () => hostile(random))
  const folder = mkdtempSync(join(tmpdir(), 'hosts-sh-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it.each(SHELLS)('come back byte for byte from %s', async (...shell) => {
    for (let at = 0; at < strings.length; at += 10_000) {
      const batch = strings.slice(at, at + 10_000)
      const input = text(sh`printf '%s\0' ${batch.map((value) => arg(value))}`)
      const output = await runShell(shell, input, folder)
      expect(output.equals(Buffer.from(batch.map((value) => `${value}\0`).join('')))).toBe(true)
    }
    expect(readdirSync(folder)).toEqual([])
  })

  it.each(SHELLS)('stay one word when glued to text and to each other in %s', async (...shell) => {
    const batch = strings.slice(0, 4_000)
    const commands = batch.map((v, i) => text(sh`printf '%s\0' x=${v}${batch[i ^ 1] ?? ''}:y`))
    const output = await runShell(shell, commands.join('\n'), folder)
    const expected = batch.map((v, i) => `x=${v}${batch[i ^ 1] ?? ''}:y\0`).join('')
    expect(output.equals(Buffer.from(expected))).toBe(true)
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('a value that would be taken for an option', () => {
  const refused: [string, () => Command][] = [
    ['a word', () => sh`docker rm ${'--privileged'}`],
    ['a single dash', () => sh`cat ${'-'}`],
    ['a negative number', () => sh`kill ${-1}`],
    ['an item of an array', () => sh`docker rm ${['a', '-f']}`],
    ['a word behind an empty hole', () => sh`docker rm ${''}${'-f'}`],
    ['a word behind empty quotes', () => sh`docker rm ""''${'-f'}`],
    ['a secret', () => sh`login ${secret('-p')}`],
    ['a word in the next command after --', () => sh`rm -- a; rm ${'-f'}`],
    [
      'a word on the next line after --',
      () => sh`rm -- a\n${'x'}
      rm ${'-f'}`,
    ],
    ['a word in $(…) behind --', () => sh`rm -- $(find ${'-delete'})`],
    ['a word behind a -- that is a value', () => sh`rm ${arg('--')} ${'-f'}`],
    ['a word behind a quoted --', () => sh`rm '--' ${'-f'}`],
    ['a word behind a redirect', () => sh`cat < f ${'-f'}`],
  ]
  it.each(refused)('is refused as %s', (_, build) => {
    expect(build).toThrow(expect.objectContaining({ code: 'COMMAND_REFUSED', status: 400 }))
  })

  const taken: [string, () => Command, string][] = [
    ['behind a literal --', () => sh`rm -f -- ${'-x'}`, "rm -f -- '-x'"],
    ['in an array behind --', () => sh`rm -- ${['-x', '-y']}`, "rm -- '-x' '-y'"],
    ['glued to text', () => sh`run --name=${'-x'}`, "run --name='-x'"],
    ['glued to a word that is not empty', () => sh`run ${'a'}${'-x'}`, "run 'a''-x'"],
    ['wrapped by arg', () => sh`run ${arg('-x')}`, "run '-x'"],
    ['as a secret wrapped by arg', () => sh`run ${arg(secret('-x'))}`, "run '-x'"],
  ]
  it.each(taken)('is taken %s', (_, build, expected) => {
    expect(text(build())).toBe(expected)
  })

  it('is named in the refusal', () => {
    expect(() => sh`docker rm ${'--privileged'}`).toThrow(/--privileged begins with "-".*docker rm/)
    expect(() => sh`login ${secret('-hunter2')}`).not.toThrow(/hunter2/)
  })
})

describe('a hole', () => {
  it('refuses NUL and half a UTF-16 pair, and names the value', () => {
    expect(() => sh`echo ${'a\0b'}`).toThrow(/holds a NUL character/)
    expect(() => sh`echo ${'a\ud800'}`).toThrow(/half a UTF-16 pair/)
  })

  it('refuses what is neither a string nor a finite number', () => {
    for (const value of [undefined, null, {}, true, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => sh`echo ${value as unknown as string}`).toThrow(TypeError)
  })

  const misplaced: [string, () => Command][] = [
    ['in single quotes', () => sh`echo '${'x'}'`],
    ['in double quotes', () => sh`echo "${'x'}"`],
    ['in quotes within $( ) within quotes', () => sh`echo "$(echo "${'x'}")"`],
    ['in a comment', () => sh`echo a # ${'x'}`],
    ['behind a backslash', () => sh(template('echo \\', ''), 'x')],
    ['behind a $', () => sh`echo $${'x'}`],
    ['in a parameter expansion', () => sh`echo \${a:${'x'}}`],
    [
      'in a here-document',
      () => sh`cat <<E
${'x'}
E`,
    ],
    ['in a here-string', () => sh`cat <<< ${'x'}`],
    ['in arithmetic', () => sh`echo $((${1} + 1))`],
    ['in backticks', () => sh(template('echo `', '`'), 'x')],
    ['behind an open ANSI-C quote', () => sh`echo $'a' ${'x'}`],
    [
      'behind a # that may or may not be a comment',
      () => sh`echo $(id)#'
${'x'}`,
    ],
    ['as an array glued to text', () => sh`run --env=${['a', 'b']}`],
    ['as an array with text glued to it', () => sh`run ${['a', 'b']}.txt`],
    ['as a command glued to text', () => sh`x${sh`y`}`],
  ]
  it.each(misplaced)('is refused %s, whatever its value', (_, build) => {
    expect(build).toThrow(TypeError)
  })

  it('is taken behind closed quotes, comments and escapes', () => {
    const command = sh`echo 'it"s' "a'b" \' \" a#b # it's a comment
      echo ${'x y'}`
    expect(text(command).endsWith("echo 'x y'")).toBe(true)
  })

  it('refuses quotes that are left open', () => {
    expect(() => sh`echo 'a`).toThrow(/left open/)
  })
})

describe('composing', () => {
  it('splices a command in, keeps the raw text and reads \\$ with braces as a parameter', () => {
    const inner = sh`grep '\.txt$' ${'a b'}`
    expect(text(sh`ls \${HOME} | ${inner}; echo done`)).toBe(
      'ls $' + "{HOME} | grep '\\.txt$' 'a b'; echo done",
    )
  })

  it('makes several words of an array and none of an empty one', () => {
    expect(text(sh`rm ${['a', 'b c', 3]}`)).toBe("rm 'a' 'b c' '3'")
    expect(text(sh`rm ${[]} x`)).toBe('rm  x')
  })

  it('masks secrets when shown and quotes only where a reader needs it', () => {
    const command = sh`env HF_TOKEN=${secret('hf_abc')} run ${'Qwen/Qwen3-8B'} ${'a b'}`
    expect(display(command)).toBe("env HF_TOKEN=•••• run Qwen/Qwen3-8B 'a b'")
    expect(text(command)).toContain("HF_TOKEN='hf_abc'")
    expect(`${command} ${JSON.stringify({ command, word: secret('hf_abc') })}`).not.toContain(
      'hf_abc',
    )
  })
})

describe('script', () => {
  it('travels on stdin, takes hostile arguments and shows its first comment', async () => {
    const words = ["it's", '-n', '$(id)', 'a\nb']
    const command = script(
      '# prints its arguments\nfor a in "$@"; do printf "%s|" "$a"; done',
      ...words,
    )
    const { text: line, stdin } = wireOf(command)
    expect(display(command)).toBe("sh -s -- 'it'\\''s' -n '$(id)' 'a\nb'  # prints its arguments")
    const output = await runShell(['dash', '-c', line], stdin ?? '')
    expect(output.toString()).toBe(words.map((word) => `${word}|`).join(''))
  })

  it('runs nothing when only a part of it arrives', async () => {
    const { stdin = '' } = wireOf(script('echo one\necho two\n'))
    const half = (stdin ?? '').slice(0, stdin.indexOf('two'))
    const output = await runShell(['sh', '-c', 'sh -s -- 2>/dev/null'], half)
    expect(output.toString()).toBe('')
  })

  it('is not eaten by a command that reads stdin', async () => {
    const { text: line, stdin } = wireOf(script('cat\necho after'))
    expect((await runShell(['sh', '-c', line], stdin ?? '')).toString()).toBe('after\n')
  })

  it('fits once into a command', async () => {
    const command = sh`cd / && ${script('pwd')}`
    const { text: line, stdin } = wireOf(command)
    expect((await runShell(['sh', '-c', line], stdin ?? '')).toString()).toBe('/\n')
    expect(() => sh`${command}; ${script('id')}`).toThrow(TypeError)
  })
})

describe('what does not compile, and does not run either', () => {
  const host = {} as Host
  const unused = (_: () => unknown) => {}

  it('a raw string or a look-alike in place of a command', () => {
    // @ts-expect-error a string is no command
    unused(() => host.exec('rm -rf /'))
    // @ts-expect-error a look-alike is no command
    unused(() => host.exec({ script: 'rm -rf /', toString: () => '' }))
    // @ts-expect-error neither is an object of the same parts
    unused(() => host.run({ wire: 'x', shown: 'x', stdin: undefined }))
    for (const fake of [
      'rm -rf /',
      { wire: 'x' },
      null,
      Object.create(Object.getPrototypeOf(sh`a`)),
    ])
      expect(() => wireOf(fake as unknown as Command)).toThrow(TypeError)
  })

  it('a command made by its constructor', () => {
    const { constructor: Made } = Object.getPrototypeOf(sh`a`) as {
      constructor: new (...a: unknown[]) => unknown
    }
    expect(() => new Made(Symbol('made by sh'), { wire: 'rm -rf /' })).toThrow(TypeError)
  })

  it('sh called as a function, a script of a computed string, a hole of another type', () => {
    const computed: string = ['rm', '-rf'].join(' ')
    // @ts-expect-error sh is a template tag
    expect(() => sh(computed)).toThrow(TypeError)
    const unfrozen = Object.assign([computed], { raw: [computed] })
    expect(() => sh(unfrozen)).toThrow(TypeError)
    // @ts-expect-error only literal text is a script
    unused(() => script(computed))
    // @ts-expect-error only literal text is a script
    unused(() => script(`echo ${computed}`))
    const part = 'cd /'
    unused(() => script(`${part}\nid`))
    // @ts-expect-error undefined is no word
    unused(() => sh`rm ${undefined}`)
    // @ts-expect-error an object is no word
    unused(() => sh`rm ${{}}`)
    // @ts-expect-error commands do not come in arrays
    unused(() => sh`rm ${[sh`a`]}`)
    expectTypeOf(sh).returns.toEqualTypeOf<Command>()
    expectTypeOf<string>().not.toExtend<Command>()
    expectTypeOf<number>().toExtend<Word>()
  })
})
