import { userInfo } from 'node:os'
import { expect, it } from 'vitest'
import { ownUser } from './own-user.ts'

it('is the name of the user who runs this', () => {
  expect(ownUser()).toBe(userInfo().username)
})

it('a user who is in no list of users has none, and that is no error', () => {
  const info = { code: 'ENOENT', errno: -2, syscall: 'uv_os_get_passwd' }
  const failing = (values: object) => () => {
    throw Object.assign(new Error('uv_os_get_passwd failed'), { info: { ...info, ...values } })
  }
  expect(ownUser(failing({}))).toBeUndefined()
  expect(() => ownUser(failing({ code: 'ENOMEM' }))).toThrow('uv_os_get_passwd')
})
