import { describe, expect, it } from 'vitest'
import { isRefusedAddress, whyNotTarget } from './target-address.ts'

describe('an address', () => {
  it.each([
    '169.254.169.254',
    '169.254.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '100.100.100.200',
    '::',
    'fe80::1',
    'ff02::1',
    'fd00:ec2::254',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    'spark.lan',
    '',
  ])('%s gets nothing', (address) => expect(isRefusedAddress(address)).toBe(true))

  it.each([
    '127.0.0.1',
    '192.168.1.5',
    '100.64.0.1',
    '203.0.113.7',
    '::1',
    'fd12::1',
    '2001:db8::1',
  ])('%s may be a receiver', (address) => expect(isRefusedAddress(address)).toBe(false))
})

describe('a url', () => {
  it.each([
    'http://169.254.169.254/',
    'http://0xa9fea9fe/',
    'http://2852039166/',
    'http://169.254.43518/',
    'http://[::ffff:169.254.169.254]/',
    'http://0/',
    'http://alice:secret@192.168.1.5/',
    'http://a..b/',
    'file:///etc/passwd',
    'no url',
  ])('%s is refused', (url) => expect(whyNotTarget(url, 'slack')).toBeTypeOf('string'))

  it.each(['https://ntfy.sh/', 'https://ntfy.sh/100%', 'https://ntfy.sh/%e0%a4'])(
    '%s names no topic of ntfy',
    (url) => expect(whyNotTarget(url, 'ntfy')).toMatch(/topic/),
  )

  it.each([
    ['http://192.168.1.5:8080/a?b=c', 'generic'],
    ['https://hooks.example.org/x', 'slack'],
    ['https://ntfy.sh/topic', 'ntfy'],
    ['https://matrix.example.org', 'matrix'],
  ])('%s is fine for %s', (url, format) => expect(whyNotTarget(url, format)).toBeUndefined())
})
