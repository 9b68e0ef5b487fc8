import { expect, it } from 'vitest'
import { explainFailure } from './download-failure.ts'

const told = (lines: string[], more: object = {}) =>
  explainFailure({
    what: 'the download',
    repo: 'Org/New',
    revision: null,
    host: 'spark-1',
    hasToken: false,
    exitCode: 1,
    lines,
    ...more,
  })

it.each([
  [
    'Error: Access denied. This repository requires approval.',
    'HUB_GATED',
    /Org\/New is gated/,
    /accept them at https:\/\/huggingface\.co\/Org\/New, then set hf_token/,
  ],
  [
    'huggingface_hub.errors.GatedRepoError: 403 Client Error. (Request ID: Root=1)',
    'HUB_GATED',
    /gated/,
    /huggingface\.co\/Org\/New/,
  ],
  [
    'Error: Repository not found. Check the `repo_id` and `repo_type` parameters.',
    'HUB_NOT_FOUND',
    /the hub has no Org\/New/,
    /spelled/,
  ],
  [
    'huggingface_hub.errors.RevisionNotFoundError: 404 Client Error.',
    'HUB_NOT_FOUND',
    /no revision "main"/,
    /spelled/,
  ],
  ['OSError: [Errno 28] No space left on device', 'DISK_FULL', /disk of spark-1 is full/, /delete/],
  [
    'httpx.ConnectError: [Errno -3] Temporary failure in name resolution',
    'HUB_UNREACHABLE',
    /spark-1 does not reach the hub: httpx\.ConnectError/,
    /HF_ENDPOINT/,
  ],
  ['429 Client Error: Too Many Requests', 'HUB_UNREACHABLE', /too many requests/, /hf_token/],
  [
    'alice@192.0.2.2: Permission denied (publickey,password).',
    'COPY_FAILED',
    /spark-1 may not log in/,
    /ssh-copy-id/,
  ],
  [
    'ssh: connect to host 192.0.2.2 port 22: No route to host',
    'COPY_FAILED',
    /does not reach the machine it copies to: ssh: connect/,
    /fabric/,
  ],
  [
    "PermissionError: [Errno 13] Permission denied: '/home/alice/hub/models--Org--New/blobs'",
    'DOWNLOAD_FAILED',
    /may not write into the folder of Org\/New/,
    /delete the model here/,
  ],
])('%s is told as %s', (line, code, message, hint) => {
  const error = told(['Fetching 3 files', line, 'Traceback follows'])
  expect(error).toMatchObject({ code, logTail: ['Fetching 3 files', line, 'Traceback follows'] })
  expect(error.message).toMatch(message)
  expect(error.hint).toMatch(hint)
})

it('what nothing explains is told with its exit status and last words', () => {
  expect(told(['some words', ''])).toMatchObject({
    code: 'DOWNLOAD_FAILED',
    message: 'the download ended with 1 on spark-1: some words',
  })
  expect(told([], { exitCode: null }).message).toBe('the download was killed on spark-1')
})

it('a full disk behind a refused network counts as the full disk', () => {
  expect(told(['ReadTimeout', 'OSError: [Errno 28] No space left on device']).code).toBe(
    'DISK_FULL',
  )
})
