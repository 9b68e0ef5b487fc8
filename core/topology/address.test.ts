import { describe, expect, it } from 'vitest'
import {
  addressKind,
  hostOfUrl,
  isAddressOrRange,
  originFor,
  portOfUrl,
  whyNotOrigin,
  whyNotUpstream,
} from './address.ts'

describe('addressKind', () => {
  it.each([
    ['10.0.0.0', 'private'],
    ['10.255.255.255', 'private'],
    ['9.255.255.255', 'public'],
    ['11.0.0.0', 'public'],
    ['172.15.255.255', 'public'],
    ['172.16.0.0', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.0', 'public'],
    ['192.167.255.255', 'public'],
    ['192.168.0.0', 'private'],
    ['192.169.0.0', 'public'],
    ['100.63.255.255', 'public'],
    ['100.64.0.0', 'private'],
    ['100.127.255.255', 'private'],
    ['100.128.0.0', 'public'],
    ['127.0.0.1', 'private'],
    ['127.255.255.255', 'private'],
    ['169.254.169.254', 'link-local'],
    ['0.0.0.0', 'public'],
    ['224.0.0.1', 'public'],
    ['255.255.255.255', 'public'],
    ['8.8.8.8', 'public'],
    ['::1', 'private'],
    ['::', 'public'],
    ['fc00::1', 'private'],
    ['fdff:ffff::1', 'private'],
    ['fe80::1', 'link-local'],
    ['2001:db8::1', 'public'],
    ['::ffff:192.168.1.4', 'private'],
    ['::ffff:c0a8:104', 'private'],
    ['::ffff:8.8.8.8', 'public'],
    ['spark-1', 'name'],
    ['spark-1.local', 'name'],
    ['spark_1.lan.', 'name'],
    ['10.1', 'invalid'],
    ['2130706433', 'invalid'],
    ['0x7f.0.0.1', 'invalid'],
    ['0x7f000001', 'invalid'],
    ['010.0.0.1', 'invalid'],
    ['10.0.0.256', 'invalid'],
    ['fe80::1%eth0', 'invalid'],
    ['192.168.1.4:22', 'invalid'],
    ['http://spark-1', 'invalid'],
    ['-spark', 'invalid'],
    ['a..b', 'invalid'],
    ['spark 1', 'invalid'],
    ['', 'invalid'],
    [`${'a'.repeat(64)}.lan`, 'invalid'],
  ])('%s is %s', (text, kind) => {
    expect(addressKind(text)).toBe(kind)
  })
})

describe('whyNotUpstream', () => {
  it.each(['8.8.8.8', '169.254.169.254', '2001:db8::1', '10.1'])('refuses %s', (address) => {
    expect(whyNotUpstream(address)).toBeTypeOf('string')
  })

  it.each(['192.168.1.4', 'fd00::4', 'spark-1.lan'])('lets %s pass', (address) => {
    expect(whyNotUpstream(address)).toBeUndefined()
  })
})

describe('URLs', () => {
  it.each([
    ['http://192.168.1.4:8000', '192.168.1.4', 8000],
    ['https://[fd00::4]', 'fd00::4', 443],
    ['http://spark-1.lan', 'spark-1.lan', 80],
    // the URL parser unmasks disguised addresses
    ['http://0x08.0x08.0x08.0x08', '8.8.8.8', 80],
    ['http://2130706433/', '127.0.0.1', 80],
  ])('%s names %s and port %d', (url, host, port) => {
    expect(hostOfUrl(url)).toBe(host)
    expect(portOfUrl(url)).toBe(port)
  })

  it.each(['ftp://10.0.0.1', 'spark-1:8000', '192.168.1.4', 'http://', 'file:///x'])(
    '%s names no machine',
    (url) => {
      expect(hostOfUrl(url)).toBeUndefined()
    },
  )

  it.each([
    ['http://alice:secret@10.0.0.1', 'user or password'],
    ['http://10.0.0.1/v1', 'path "/v1"'],
    ['http://10.0.0.1?x=1', 'more than an address'],
    ['http://10.0.0.1#top', 'more than an address'],
  ])('%s is more than an origin', (url, why) => {
    expect(whyNotOrigin(url)).toContain(why)
  })

  it('an origin may end in a slash', () => {
    expect(whyNotOrigin('http://10.0.0.1:8000/')).toBeUndefined()
  })

  it('an origin made of an address puts IPv6 in brackets', () => {
    expect(originFor('fd00::4', 8000)).toBe('http://[fd00::4]:8000')
    expect(originFor('10.0.0.4', 8000)).toBe('http://10.0.0.4:8000')
  })
})

describe('isAddressOrRange', () => {
  it.each(['10.0.0.1', '10.0.0.0/8', 'fd00::/7', '::1', '0.0.0.0/0'])('takes %s', (text) => {
    expect(isAddressOrRange(text)).toBe(true)
  })

  it.each(['10.0.0.0/33', 'fd00::/129', 'proxy', '10.0.0.1/', '10.0.0.0/8/8', ''])(
    'refuses %s',
    (text) => {
      expect(isAddressOrRange(text)).toBe(false)
    },
  )
})
