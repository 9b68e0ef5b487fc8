import { expect, test } from 'vitest'
import { formatGo } from './go-format.ts'

const VALUE = { Id: 'abc', State: { Running: true, Pid: 0 }, Names: ['a', 'b'] }

test.each([
  ['{{.Id}} {{.State.Running}}', 'abc true'],
  ['{{json .State}}', '{"Running":true,"Pid":0}'],
  ['{{json .}}', JSON.stringify(VALUE)],
  ['{{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}', 'none'],
  ['{{if .State.Running}}up{{end}}{{if .State.Pid}}!{{end}}', 'up'],
  ['{{.Names}}', '[a b]'],
  ['plain', 'plain'],
])('%s is rendered as %s', (template, text) => {
  expect(formatGo(template, VALUE)).toBe(text)
})

test.each([
  ['{{.Nope}}', ':1:2: executing "" at <.Nope>: map has no entry for key "Nope"'],
  ['{{.State.Health.Status}}', ':1:8: executing "" at <.State.Health.Status>: map has no entry'],
  ['{{upper .Id}}', ':1: function "upper" not defined'],
  ['{{if .Id}}x', ':1: unexpected EOF'],
  ['{{end}}', ':1: unexpected {{end}}'],
])('%s is refused', (template, message) => {
  expect(() => formatGo(template, VALUE)).toThrow(message)
})
