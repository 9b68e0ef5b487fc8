import { expect, it } from 'vitest'
import { checkFile } from '../../core/check-file.ts'
import { STARTER } from './starter.ts'

it('is sound once the addresses are filled in, and names each that is not', async () => {
  const filled = STARTER.replaceAll(/<spark-(\d)-ip>/g, '10.0.0.$1').replaceAll('<spark-user>', 'a')
  expect(await checkFile('topology.yaml', filled)).toMatchObject({ isValid: true })
  const { isValid, text } = await checkFile('topology.yaml', STARTER)
  expect(isValid).toBe(false)
  expect(text).toContain('hosts.spark-1.address')
})
