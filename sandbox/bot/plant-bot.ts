import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { SimHost } from '../cluster.ts'

/** Folder of the bot in the home of its user, and the file there that says which version it is. */
export const BOT_FOLDER = 'matrix-bot'
export const VERSION_FILE = 'version'

const REMOTE = 'git@git.example.org:alice/matrix-bot.git'
/** The repository as its server has it; `git-ssh` of the stand-ins leads there. */
export const originOf = (host: Pick<SimHost, 'root'>): string => join(host.root, 'git', 'bot.git')

const DOCKERFILE = `FROM python:3.13-slim
COPY bot.py version /app/
CMD ["python", "/app/bot.py"]
`
const COMPOSE = `services:
  bot:
    build: .
    image: matrix-bot:latest
    container_name: matrix-bot
    restart: unless-stopped
`
const FIRST = '"""Answers in a Matrix room."""\n'

/** What was done to the bot: days before now, subject, and what it adds to its program. */
const HISTORY: [daysAgo: number, subject: string, addition: string][] = [
  [41, 'first version', ''],
  [12, 'answer in threads', '# answers go into the thread of the question\n'],
  [5, 'say which model answered', '# the name of the model stands below each answer\n'],
  [1, 'fix reconnect', '# connects again after the homeserver was restarted\n'],
]
const BEHIND = HISTORY.length - 1

/**
 * Puts the bot's source on a host: a work tree three commits behind its remote. False where this
 * machine has no git, so that there is nothing to update.
 */
export function plantBot(host: SimHost): boolean {
  const folder = join(host.home, BOT_FOLDER)
  if (existsSync(folder)) return true
  const origin = originOf(host)
  try {
    git('init', '-q', '--bare', '--initial-branch=main', '--template=', origin)
    execFileSync('git', ['-C', origin, 'fast-import', '--quiet'], { input: history(), env })
    const config = ['-c', 'core.sshCommand=git-ssh', '-c', 'ssh.variant=simple']
    git('clone', '-q', '--no-checkout', '--template=', ...config, origin, folder)
    git('-C', folder, 'remote', 'set-url', 'origin', REMOTE)
    git('-C', folder, 'reset', '-q', '--hard', `HEAD~${BEHIND}`)
    return true
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw thrown
  }
}

/** Without what the machine's owner has set up for git. */
const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }

const git = (...words: string[]): Buffer =>
  execFileSync('git', words, { env, stdio: ['ignore', 'pipe', 'pipe'] })

/** The history as `git fast-import` takes it. */
function history(): string {
  const now = Math.floor(Date.now() / 1000)
  let program = FIRST
  const commits = HISTORY.map(([daysAgo, subject, addition], index) => {
    program += addition
    const files = {
      ...{ Dockerfile: DOCKERFILE, 'compose.yaml': COMPOSE, 'bot.py': program },
      [VERSION_FILE]: `1.${index}\n`,
    }
    return [
      'commit refs/heads/main\n',
      `committer Alice <alice@example.org> ${now - daysAgo * 86_400} +0000\n`,
      blob(subject),
      ...Object.entries(files).map(([name, text]) => `M 644 inline ${name}\n${blob(text)}`),
    ].join('')
  })
  return commits.join('\n')
}

const blob = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`
