import { expect, it } from 'vitest'
import { parseCranfield, readCranfield } from './cranfield.ts'

const ABSTRACTS = `.I 1
.T
a wing .
.A
alice
.W
a wing . lift
of a wing .
.I 2
.T
a plate .
.W
a plate . heat .
.I 3
.T
nothing .
.W
`
const ASKED = `.I 001
.W
what lifts .
.I 004
.W
what is
hot .
.I 005
.W
what is asked by nobody .
`

it('questions are meant by their place, and answers of no interest are none', () => {
  const judged = '1 1 2 \n1 2 5\n2 2 1\n2 1 -1\n\n'
  expect(parseCranfield(ABSTRACTS, ASKED, judged)).toEqual({
    name: 'Cranfield',
    documents: [
      { id: '1', text: 'a wing . lift of a wing .' },
      { id: '2', text: 'a plate . heat .' },
    ],
    questions: [
      { ask: 'what lifts .', right: new Set(['1']) },
      { ask: 'what is hot .', right: new Set(['2']) },
    ],
  })
})

it('says which files are missing', () => {
  expect(() => readCranfield('/nowhere')).toThrow(
    '/nowhere has no cran.all.1400, no cran.qry, no cranqrel',
  )
})
