import { describe, expect, it } from 'vitest'
import type { DownloadLook } from './download-look.ts'
import { parseDownloadLook } from './download-look.ts'
import { type DownloadHost, type DownloadState, planDownload } from './download-plan.ts'

const look = (change: Partial<DownloadLook> = {}): DownloadLook => ({
  hub: '/home/alice/.cache/huggingface/hub',
  isWritable: true,
  freeBytes: 900e9,
  haveBytes: 0,
  tool: 'hf',
  hasRsync: true,
  owner: '1000:1000',
  workFolder: '/home/alice/.cache/spark-control',
  hasToken: false,
  ...change,
})

const host = (id: string, change: Partial<DownloadLook> = {}, isWhole = false): DownloadHost => ({
  id,
  isWhole,
  look: look(change),
  spec: {
    address: `192.0.2.${id.slice(-1)}`,
    fabric: `198.51.100.${id.slice(-1)}`,
    user: 'alice',
    ssh: { port: 2222 },
    model_dirs: [],
    container_runtime: 'docker',
    memory: 'auto',
    local: false,
  },
})

const state = (change: Partial<DownloadState> = {}): DownloadState => ({
  repo: 'Org/Big',
  key: 'Org--Big',
  title: 'Big 235B',
  revision: null,
  targets: [host('spark-1'), host('spark-2')],
  donor: null,
  info: { sha: 'abc', isGated: false, files: [{ path: 'w', sizeBytes: 118e9, blob: 'b' }] },
  image: 'vllm-node',
  bytesPerS: null,
  ...change,
})

describe('the plan of a download', () => {
  it('says what comes from where, how long it takes, what room is left, and the commands', () => {
    const plan = planDownload(state({ bytesPerS: 12.3e6 }))
    expect(plan?.title).toBe('Download Big 235B to spark-1 and spark-2?')
    expect(plan?.confirm).toBe('Download 118 GB')
    expect(plan?.consequence.split('\n')).toEqual([
      'spark-1 downloads Org/Big, 118 GB, from the Hugging Face hub. It takes about 2 h 40 min at your last speed.',
      'spark-1 then copies it to spark-2 over the link between the machines.',
      'spark-1 has 900 GB free; 782 GB are left afterwards.',
      'spark-2 has 900 GB free; 782 GB are left afterwards.',
      'What is loaded keeps running. A cancelled download keeps the files that are whole.',
    ])
    expect(plan?.commands).toEqual([
      { host: 'spark-1', command: 'hf download Org/Big' },
      {
        host: 'spark-1',
        command:
          "rsync -a '--exclude=*.incomplete' -e 'ssh -p 2222 -o BatchMode=yes -o ConnectTimeout=10 -o StrictHostKeyChecking=accept-new -o ServerAliveInterval=15' /home/alice/.cache/huggingface/hub/models--Org--Big alice@198.51.100.2:/home/alice/.cache/huggingface/hub/",
      },
    ])
    expect(plan?.holds).toEqual(['model:Org--Big'])
  })

  it('copies what a host has, whichever it is, and asks the hub for nothing', () => {
    const whole = host('spark-2', { haveBytes: 118e9 }, true)
    for (const change of [
      { targets: [host('spark-1'), whole], info: null },
      { targets: [host('spark-1')], donor: whole, info: null },
    ]) {
      const plan = planDownload(state(change))
      expect(plan?.title).toBe('Copy Big 235B from spark-2 to spark-1?')
      expect(plan?.fetch).toBeNull()
      expect(plan?.from.host).toBe('spark-2')
      expect(plan?.copies.map((copy) => copy.host)).toEqual(['spark-1'])
      expect(plan?.consequence).toContain('are left afterwards')
      expect(plan?.consequence).not.toContain('was not checked')
    }
  })

  it('is none where every host has it', () => {
    expect(planDownload(state({ targets: [host('spark-1', {}, true)] }))).toBeNull()
  })

  it.each<[string, Partial<DownloadLook>, string[]]>([
    ['uvx', { tool: 'uvx' }, ['uvx', 'hf', 'download', 'Org/Big', '--revision', 'v2']],
    [
      'the old name',
      { tool: 'huggingface-cli' },
      ['huggingface-cli', 'download', 'Org/Big', '--revision', 'v2'],
    ],
  ])('takes %s where that is there', (_, change, words) => {
    const plan = planDownload(state({ revision: 'v2', targets: [host('spark-1', change)] }))
    expect(plan?.fetch?.words).toEqual(words)
  })

  it('takes the engine’s image as the last resort, writing as the login user', () => {
    const plan = planDownload(state({ targets: [host('spark-1', { tool: 'container' })] }))
    const words = plan?.fetch?.words.join(' ')
    expect(plan?.fetch?.container).toBe('spark-control-models--Org--Big')
    expect(words).toContain('--user 1000:1000')
    expect(words).toContain('-v /home/alice/.cache/huggingface/hub:/hub')
    expect(words).toContain('--entrypoint python3 vllm-node -c import sys; from huggingface_hub')
  })

  it('packs the copy with tar where a host has no rsync', () => {
    const plan = planDownload(
      state({ targets: [host('spark-1'), host('spark-2', { hasRsync: false })] }),
    )
    expect(plan?.copies[0]?.words.slice(0, 2)).toEqual(['sh', '-c'])
    expect(plan?.copies[0]?.words).toContain('alice@198.51.100.2')
  })

  it.each<[string, Partial<DownloadState>, string, RegExp]>([
    [
      'a disk that is too small, on either host',
      { targets: [host('spark-1'), host('spark-2', { freeBytes: 120e9 })] },
      'DISK_FULL',
      /needs 118 GB on spark-2, 120 GB are free and 5\.0 GB have to stay free/,
    ],
    [
      'nothing to download with',
      { targets: [host('spark-1', { tool: null })] },
      'DOWNLOADER_MISSING',
      /spark-1 has nothing to download with/,
    ],
    [
      'a cache of root',
      { targets: [host('spark-1', { isWritable: false })] },
      'DOWNLOAD_FAILED',
      /may not write into/,
    ],
    [
      'a folder ssh would take apart',
      { targets: [host('spark-1'), host('spark-2', { hub: '/data/my models/hub' })] },
      'COPY_FAILED',
      /odd names/,
    ],
  ])('is refused for %s', (_, change, code, message) => {
    expect(() => planDownload(state(change))).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    )
  })

  it('of the rest of a model needs room for the rest only', () => {
    const plan = planDownload(
      state({ targets: [host('spark-1', { haveBytes: 100e9, freeBytes: 24e9 })] }),
    )
    expect(plan?.consequence).toContain('100 GB of it are there already.')
    expect(plan?.consequence).toContain('spark-1 has 24 GB free; 6.0 GB are left afterwards.')
  })
})

describe('a look before a download', () => {
  it('reads records and the hub’s answer apart, whatever the answer holds', () => {
    const text = [
      'HUB\t/h/hub',
      'WRITABLE',
      'FREE\t1000',
      'HAVE\t7',
      'OWNER\t1000:100',
      'WORK\t/h/work',
      'TOOL\tnone',
      'TOKEN',
      '|{"sha":"abc",',
      '|"x":"TOOL\thf"}',
      '|',
      '|STATUS\t200',
      'END',
    ].join('\n')
    expect(parseDownloadLook(text)).toEqual({
      hub: '/h/hub',
      isWritable: true,
      freeBytes: 1_024_000,
      haveBytes: 7,
      tool: null,
      hasRsync: false,
      owner: '1000:100',
      workFolder: '/h/work',
      hasToken: true,
      answer: { status: 200, text: '{"sha":"abc",\n"x":"TOOL\thf"}\n' },
    })
  })

  it('without curl has no answer', () => {
    expect(parseDownloadLook('HUB\t/h\nTOOL\thf\nEND\n').answer).toBeUndefined()
  })
})
