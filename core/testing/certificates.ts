import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/** A certificate with its key, in PEM. */
export interface Certified {
  cert: string
  key: string
}

export interface CertificateOptions {
  /** Names it is valid for. */
  names?: readonly string[]
  /** Default: from yesterday until tomorrow. */
  from?: Date
  until?: Date
}

const DAY_MS = 86_400_000

/** An authority made for a test: its own certificate, and a way to have others signed by it. */
export function createAuthority(name: string): Certified & {
  certify(options: CertificateOptions): Certified
} {
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = pemOf(own.privateKey)
  const make = (subject: string, publicKey: KeyObject, more: CertificateOptions, isCa: boolean) =>
    certificate({ issuer: name, subject, publicKey, signer: own.privateKey, isCa, ...more })
  return {
    ...{ cert: make(name, own.publicKey, {}, true), key },
    certify(options) {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const cert = make(options.names?.[0] ?? 'nobody', pair.publicKey, options, false)
      return { cert, key: pemOf(pair.privateKey) }
    },
  }
}

const pemOf = (key: KeyObject): string => String(key.export({ type: 'pkcs8', format: 'pem' }))

interface Parts extends CertificateOptions {
  issuer: string
  subject: string
  publicKey: KeyObject
  signer: KeyObject
  isCa: boolean
}

/** X.509 version 3 after RFC 5280, signed by ECDSA with SHA-256. */
function certificate({ issuer, subject, publicKey, signer, isCa, names = [], ...span }: Parts) {
  const { from = new Date(Date.now() - DAY_MS), until = new Date(Date.now() + DAY_MS) } = span
  const algorithm = sequence(oid('2a8648ce3d040302'))
  const extensions = [
    sequence(oid('551d13'), TRUE, octets(isCa ? sequence(TRUE) : sequence())),
    ...(names.length > 0
      ? [
          sequence(
            oid('551d11'),
            octets(sequence(...names.map((each) => der(0x82, Buffer.from(each))))),
          ),
        ]
      : []),
  ]
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    nameOf(issuer),
    sequence(time(from), time(until)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  )
  const signature = sign('sha256', body, signer)
  const whole = sequence(body, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), signature])))
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

/** One value of DER: tag, length, content. */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content
  const long = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...(length < 0x80 ? [length] : long)]), content])
}

const sequence = (...parts: Buffer[]): Buffer => der(0x30, Buffer.concat(parts))
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'))
const octets = (content: Buffer): Buffer => der(0x04, content)
const TRUE = der(0x01, Buffer.from([0xff]))

const nameOf = (name: string): Buffer =>
  sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(name)))))

/** GeneralizedTime, which knows every year. */
const time = (date: Date): Buffer =>
  der(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`))
