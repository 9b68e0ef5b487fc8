import { weighted } from './checksums.ts'

/** Checks of national ids; each gets the signs without separators, upper case. */

const NIF = 'TRWAGMYFPDXBNJZSQVHLCKE'

export function isSsn(ssn: string): boolean {
  const [area, group, serial] = [ssn.slice(0, 3), ssn.slice(3, 5), ssn.slice(5)]
  return !/^(?:000|666)/.test(area) && group !== '00' && serial !== '0000'
}

export function isNhs(nhs: string): boolean {
  const check = 11 - (weighted(nhs, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)
  return String(check % 11) === nhs[9] && check !== 10
}

export function isNif(nif: string): boolean {
  const number = nif.slice(0, -1).replace(/^[XYZ]/, (sign) => String('XYZ'.indexOf(sign)))
  return NIF[Number(number) % 23] === nif.at(-1)
}

export function isNir(nir: string): boolean {
  const body = nir.slice(0, 13).replace('2A', '19').replace('2B', '18')
  return 97 - (Number(body) % 97) === Number(nir.slice(13))
}

export function isHetu(hetu: string): boolean {
  const number = Number(hetu.replace(/[^\d]/g, '').slice(0, 9))
  return '0123456789ABCDEFHJKLMNPRSTUVWXY'[number % 31] === hetu.at(-1)
}

export const isTfn = (tfn: string): boolean =>
  weighted(tfn, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0

export function isAbn(abn: string): boolean {
  const first = Number(abn[0]) - 1
  return weighted(`${first}${abn.slice(1)}`, [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) % 89 === 0
}

export function isCpf(cpf: string): boolean {
  const check = (count: number): number => {
    const weights = Array.from({ length: count }, (_, i) => count + 1 - i)
    return ((weighted(cpf, weights) * 10) % 11) % 10
  }
  return check(9) === Number(cpf[9]) && check(10) === Number(cpf[10])
}

export function isTckn(id: string): boolean {
  const odd = weighted(id, [1, 0, 1, 0, 1, 0, 1, 0, 1])
  const even = weighted(id, [0, 1, 0, 1, 0, 1, 0, 1])
  const tenth = (((odd * 7 - even) % 10) + 10) % 10
  return tenth === Number(id[9]) && (odd + even + tenth) % 10 === Number(id[10])
}
