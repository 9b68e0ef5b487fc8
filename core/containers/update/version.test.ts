import { describe, expect, test } from 'vitest'
import type { Host } from '../../hosts/host.ts'
import { fetchError } from './fetch-source.ts'
import { judgeUpdate } from './judge-update.ts'
import { buildWords, upWords } from './update-commands.ts'
import type { UpdateTarget } from './update-source.ts'
import { parseSource } from './version.ts'

const target = (more: Partial<UpdateTarget['source']> = {}): UpdateTarget => ({
  host: { id: 'spark-2', spec: { container_runtime: 'docker' } } as Host,
  container: 'bot',
  source: { directory: '~/bot', branch: 'main', remote: 'origin', ...more },
})
const HEAD = 'HEAD\taaaa\t2026-03-01T10:00:00+01:00\tfix\treconnect'
const GOOD = [
  ...['BRANCH\tmain', HEAD, 'REMOTE\tcccc', 'COUNT\t0\t2'],
  'CHANGE\tcccc\t2026-03-03T10:00:00Z\tnewest',
  'CHANGE\tbbbb\t2026-03-02T10:00:00Z\tolder',
  ...[
    'FETCHED\t1772500000',
    'COMPOSE\tcompose.yaml',
    'RUNTIME\t0\tok',
    'TOOL\tdocker compose',
    'END',
  ],
]
const without = (type: string, ...instead: string[]) => [
  ...GOOD.filter((line) => !line.startsWith(`${type}\t`)),
  ...instead,
]
const look = (lines: string[], more = {}) => parseSource(lines.join('\n'), target(more))
const judged = (lines: string[], more = {}) => {
  try {
    judgeUpdate(look(lines, more), target(more))
    return 'fine'
  } catch (thrown) {
    return (thrown as { code: string }).code
  }
}

describe('a look at a work tree', () => {
  test('tells the version, and what is new on its branch', () => {
    expect(look(GOOD)).toMatchObject({
      ...{ commit: 'aaaa', subject: 'fix\treconnect', branch: 'main', behind: 2, target: 'cccc' },
      committed_at: '2026-03-01T09:00:00.000Z',
      fetched_at: '2026-03-03T01:06:40.000Z',
      changes: [{ commit: 'cccc', subject: 'newest' }, { commit: 'bbbb' }],
    })
  })

  test('knows not how far behind it is while its branch was never fetched', () => {
    const lines = GOOD.filter((line) => !/^(REMOTE|COUNT|CHANGE|FETCHED)/.test(line))
    expect(look(lines)).toMatchObject({ behind: null, target: null, fetched_at: null })
  })

  test.each([
    [['NODIR', 'END'], 'UPDATE_NO_DIRECTORY'],
    [['NOGIT\tfatal: not a git repository', 'END'], 'UPDATE_NO_REPOSITORY'],
    [['NOGIT\tfatal: detected dubious ownership in repository', 'END'], 'UPDATE_NO_REPOSITORY'],
    [['BRANCH\tmain', 'END'], 'UPDATE_NO_REPOSITORY'],
    [GOOD.slice(0, -1), 'UPDATE_NO_REPOSITORY'],
  ])('%j is refused as %s', (lines, code) => {
    expect(() => look(lines)).toThrow(expect.objectContaining({ code }))
  })
})

describe('an update is refused before anything is done', () => {
  test.each<[string, string[], object]>([
    ['fine', GOOD, {}],
    ['UPDATE_DIRTY', [...GOOD, 'DIRTY\tbot.py'], {}],
    ['UPDATE_WRONG_BRANCH', without('BRANCH', 'BRANCH\tother'), {}],
    ['UPDATE_WRONG_BRANCH', without('BRANCH', 'BRANCH\t'), {}],
    ['UPDATE_DIVERGED', without('COUNT', 'COUNT\t1\t2'), {}],
    ['CONTAINERS_DENIED', without('RUNTIME', 'RUNTIME\t1\tpermission denied while trying'), {}],
    ['CONTAINERS_DOWN', without('RUNTIME', 'RUNTIME\t1\tCannot connect to the Docker daemon'), {}],
    ['UPDATE_NO_COMPOSE', without('COMPOSE'), {}],
    ['UPDATE_NO_COMPOSE', without('TOOL'), {}],
    ['fine', without('TOOL', 'TOOL\tdocker-compose\t1.29.2\t20.10.24+dfsg1'), {}],
    ['UPDATE_NO_COMPOSE', without('TOOL', 'TOOL\tdocker-compose\t1.29.2\t28.2.2'), {}],
    ['fine', without('TOOL', 'TOOL\tdocker-compose\t2.39.1\t28.2.2'), {}],
    ['fine', without('COMPOSE'), { build: ['make'], up: ['./up'] }],
  ])('%s: %j %j', (code, lines, more) => {
    expect(judged(lines, more)).toBe(code)
  })
})

test.each([
  ['TOOL\tdocker compose', 'docker compose -f compose.yaml'],
  ['TOOL\tdocker-compose\t1.29.2\t20.10.24', 'docker-compose -f compose.yaml'],
])('%s is called as %s', (record, called) => {
  const { compose } = look(without('TOOL', record))
  expect(buildWords(target(), compose).join(' ')).toBe(`${called} build`)
  expect(upWords(target(), compose).join(' ')).toBe(`${called} up -d --no-build --force-recreate`)
})

test.each([
  ['git@host: Permission denied (publickey).', 'UPDATE_KEY_REFUSED', 'IdentitiesOnly'],
  ['Received disconnect: Too many authentication failures', 'UPDATE_KEY_REFUSED', 'IdentitiesOnly'],
  ['ERROR: Repository not found.', 'UPDATE_KEY_REFUSED', 'IdentitiesOnly'],
  ['fatal: could not read Username for', 'UPDATE_KEY_REFUSED', 'SSH address'],
  ['Host key verification failed.', 'UPDATE_FETCH_FAILED', 'fingerprint'],
  ["fatal: couldn't find remote ref refs/heads/main", 'UPDATE_NO_BRANCH', 'branch'],
  ['ssh: Could not resolve hostname git.lan', 'UPDATE_FETCH_FAILED', 'internet'],
  ['fatal: something new', 'UPDATE_FETCH_FAILED', 'by hand'],
])('a fetch that fails with “%s” is told as %s', (said, code, hint) => {
  const error = fetchError(target(), `${said}\n`)
  expect(error.code).toBe(code)
  expect(error.hint).toContain(hint)
})
