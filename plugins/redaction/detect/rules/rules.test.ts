import { describe, expect, it } from 'vitest'
import { foundBy } from '../testing.ts'

const found = foundBy()

describe('numbers of payment', () => {
  it.each([
    ['4012 8888 8888 1881', 'CARD'],
    ['3714-496353-98431', 'CARD'],
    ['6011000990139424', 'CARD'],
    ['DE89 3704 0044 0532 0130 00', 'IBAN'],
    ['fr1420041010050500013m02606', 'IBAN'],
  ])('%s is %s', (number, type) => {
    expect(found(`pay ${number}, please`)).toEqual([`${type} ${number}`])
  })

  it('masks a card and an IBAN whose check digits are wrong, too', () => {
    expect(found('pay 4012 8888 8888 1882')).toEqual(['CARD 4012 8888 8888 1882'])
    expect(found('pay DE88 3704 0044 0532 0130 00')).toEqual([
      'ACCOUNT DE88 3704 0044 0532 0130 00',
    ])
  })
})

describe('ids', () => {
  it.each([
    ['my SSN is 219-09-9999', 'SSN 219-09-9999'],
    ['NINO QQ 12 34 56 C or AB123456C', 'ID AB123456C'],
    ['Steuer-ID 86 095 742 719', 'ID 86 095 742 719'],
    ['passport number: X4RTBPFW4', 'ID X4RTBPFW4'],
    ['order no. 55-1042-A', 'ID 55-1042-A'],
    ['account number 00712345', 'ACCOUNT 00712345'],
  ])('%s', (text, finding) => {
    expect(found(text)).toContain(finding)
  })

  it('labels by the regions of the call', () => {
    expect(found('id 52998224725', { regions: ['BR'] })[0]).toContain('ID')
    expect(found('529.982.247-25', { regions: ['BR'] })).toEqual(['ID 529.982.247-25'])
  })
})

describe('phones', () => {
  it.each([
    '+44 20 7946 0958',
    '(555) 010-9999',
    '030 901820',
    '06 12 34 56 78',
    '+1-202-555-0143 ext. 12',
  ])('%s', (number) => {
    expect(found(`Call ${number} now`)).toEqual([`PHONE ${number}`])
  })
})

describe('addresses of machines', () => {
  it.each([
    ['192.168.1.20', 'IP'],
    ['10.0.0.0/8', 'IP'],
    ['2001:db8::ff00:42:8329', 'IP'],
    ['::ffff:192.0.2.128', 'IP'],
    ['AA:BB:CC:DD:EE:FF', 'MAC'],
    ['0011.2233.4455', 'MAC'],
    ['https://alice:pw@example.com:8443/a?b=c#d', 'URL'],
    ['www.example.org/x', 'URL'],
    ['files.example.co.uk', 'URL'],
    ['user@localhost', 'EMAIL'],
    ['"a b"@example.com', 'EMAIL'],
    ['jürgen@müller.example', 'EMAIL'],
  ])('%s is %s', (address, type) => {
    expect(found(`at ${address} it`)).toContain(`${type} ${address}`)
  })

  it.each(['main.rs', 'std::string', 'a::b', '1.2.3', 'end.It', 'e.g. this'])(
    '%s is none',
    (text) => {
      expect(
        found(`see ${text} there`).filter((finding) => /^(?:IP|URL|MAC)/.test(finding)),
      ).toEqual([])
    },
  )
})

describe('dates and ages', () => {
  it.each([
    '2024-02-29T10:11:12Z',
    '29.2.2024',
    '2/29/24',
    '29 February 2024',
    'March 5, 2020',
    '5. März 2021',
    'Sunday',
  ])('%s is a date', (date) => {
    expect(found(`it was on ${date} there`)).toEqual([`DATE ${date}`])
  })

  it('takes a year for a date where words say so', () => {
    expect(found('open since 1987')).toEqual(['DATE 1987'])
    expect(found('it costs 1987 dollars')).toEqual([])
  })

  it.each(['she is 34 years old', 'a 34-year-old', 'aged 34', 'age: 34'])('%s', (text) => {
    expect(found(text)).toContain('AGE 34')
  })
})

describe('places', () => {
  it.each([
    ['at 12 Main Street, Apt. 4', '12 Main Street, Apt. 4'],
    ['at Lindenstraße 14a', 'Lindenstraße 14a'],
    ['at 12 rue de la Paix', '12 rue de la Paix'],
    ['in Calle Mayor 5', 'Calle Mayor 5'],
    ['to P.O. Box 1234', 'P.O. Box 1234'],
  ])('%s', (text, address) => {
    expect(found(text)).toContain(`ADDRESS ${address}`)
  })

  it('goes on over town, code and country', () => {
    expect(found('Send it to 12 Main Street, Springfield, IL 62704, USA')).toEqual([
      'ADDRESS 12 Main Street, Springfield, IL 62704, USA',
    ])
  })
})

describe('what is said or spelled', () => {
  it.each([
    ['call me on five five five, one two three', 'NUM five five five, one two three'],
    ['born on the third of May nineteen eighty-four', 'DATE third of May nineteen eighty-four'],
    ['it is G r e t a', 'TERM G r e t a'],
    ['it is D-E-8-9-3', 'TERM D-E-8-9-3'],
    ['host 192[.]0[.]2[.]17', 'IP 192[.]0[.]2[.]17'],
    ['host 192 dot 0 dot 2 dot 17', 'IP 192 dot 0 dot 2 dot 17'],
    ['mail alice -at- example -dot- com', 'EMAIL alice -at- example -dot- com'],
    ['ask @alice_b_99 then', 'ACCOUNT @alice_b_99'],
    ['please ask mrs green', 'PERSON green'],
    ['she lives on elm street', 'ADDRESS elm street'],
    ['Surname: young\nSex: f', 'PERSON young'],
    ['city = reading; zip = x', 'LOCATION reading'],
    ['my dog is called fluffy.', 'PERSON fluffy'],
    ['his username is sunny', 'PERSON sunny'],
  ])('%s', (text, finding) => {
    expect(found(text)).toContain(finding)
  })

  it.each([
    'one or two of three',
    'options a, b, c, d',
    'it is called the end',
    'name: of the file that we want to be open',
    'I live on this street',
  ])('takes %j for talk', (text) => {
    expect(found(text)).toEqual([])
  })
})
