import { expect, it } from 'vitest'
import { readLauncher } from './read-launcher.ts'

it('takes the value of an option along with it', () => {
  const text =
    './launch-cluster.sh --non-privileged --shm-size-gb 64 -j 4 --head-port 7000 exec vllm serve Org/M'
  const read = readLauncher(text.split(' ').map((word) => ({ text: word, line: 1 })))
  expect(read?.dropped).toEqual([
    '--non-privileged',
    '--shm-size-gb 64',
    '-j 4',
    '--head-port 7000',
  ])
})
