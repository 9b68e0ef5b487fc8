import { expect, it } from 'vitest'
import { diagnose } from './diagnose.ts'

const attempt = (said = '') => ({
  target: { hostId: 'spark-1', address: '10.0.0.1', port: 22, user: 'spark' },
  verdict: undefined,
  publicKey: 'ssh-ed25519 AAAA',
  said,
})
const reset = (code: string) => Object.assign(new Error(`read ${code}`), { code })

it.each([
  ['an end', new Error('Connection lost before handshake')],
  ['a reset, as it is read where something was written meanwhile', reset('ECONNRESET')],
  ['a broken pipe', reset('EPIPE')],
])('%s before SSH began is said with what may have hung up', (_, error) => {
  const { code, message, hint } = diagnose(error, attempt())
  expect([code, message]).toEqual([
    ...['HOST_UNREACHABLE', 'spark-1 (10.0.0.1:22): it hung up before SSH began'],
  ])
  expect(hint).toMatch(/fail2ban/)
  expect(diagnose(error, attempt('220 ftp ready\r\n')).message).toMatch(/says "220 ftp ready"/)
})

it('a reset of a server whose key is known is told as what it is', () => {
  const known = { ...attempt(), verdict: { is: 'known', offered: 'SHA256:a' } as const }
  expect(diagnose(reset('ECONNRESET'), known).message).toMatch(/read ECONNRESET/)
})
