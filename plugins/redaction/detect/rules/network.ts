import { isIP, isIPv4, isIPv6 } from 'node:net'
import { WEIGHT } from '../finding.ts'
import { every, found, type Rule } from './rule.ts'

const V4 = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?(?![\d]|\.\d)/g
const V6 =
  /(?<![\p{L}\p{N}:])(?=[0-9A-Fa-f]{0,4}:)[0-9A-Fa-f:]{2,39}(?:\.\d{1,3}){0,3}(?:%[A-Za-z0-9]{1,16})?(?:\/\d{1,3})?/gu
const MAC =
  /(?<![0-9A-Za-z:.-])(?:[0-9A-Fa-f]{2}([:-]))(?:[0-9A-Fa-f]{2}\1){4,6}[0-9A-Fa-f]{2}(?![0-9A-Za-z]|[:-][0-9A-Fa-f])|(?<![0-9A-Za-z.])[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}(?![0-9A-Za-z])/g

/** IPv4 and IPv6, with a prefix length or a zone. Four numbers that are no address are still a number. */
export const ip: Rule = {
  name: 'IP',
  find: (text) => [
    ...every(V4, text, ({ 0: all, index }) => {
      const isAddress = isIPv4(all.replace(/\/.*/, ''))
      return found(
        index,
        index + all.length,
        isAddress ? 'IP' : 'NUM',
        isAddress ? WEIGHT.exact : WEIGHT.shape,
      )
    }),
    ...every(V6, text, ({ 0: all, index }) => {
      let address = all.replace(/\/\d+$/, '')
      if (address.endsWith(':') && !address.endsWith('::')) address = address.slice(0, -1)
      // `a::b` is a name in a program
      if (!isIPv6(address) || (!/\d/.test(address) && address.length < 6)) return null
      const end = all.startsWith(address) && !all.includes('/') ? address.length : all.length
      return found(index, index + end, 'IP')
    }),
  ],
}

export const mac: Rule = {
  name: 'MAC',
  find: (text) =>
    every(MAC, text, ({ 0: all, index }) =>
      isIP(all) ? null : found(index, index + all.length, 'MAC', WEIGHT.checked),
    ),
}
