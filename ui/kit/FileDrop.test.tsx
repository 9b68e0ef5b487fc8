import { cleanup, fireEvent, render, screen } from '@solidjs/testing-library'
import { afterEach, expect, it } from 'vitest'
import { FileDrop } from './FileDrop.tsx'

afterEach(cleanup)

function show(isBusy = false, isSingle = false): string[][] {
  const taken: string[][] = []
  const take = (files: File[]): void => void taken.push(files.map(({ name }) => name))
  const more = { isBusy, isSingle, onFiles: take }
  render(() => <FileDrop label="Drop here" choose="Choose files" {...more} />)
  return taken
}

const files = [new File(['a'], 'a.md'), new File(['b'], 'b.md')]
const place = (): Element => screen.getByText('Drop here').closest('.file-drop') as Element

it('takes what is dropped on it, and shows where it would fall', () => {
  const taken = show()
  fireEvent.dragOver(place())
  expect(place().getAttribute('data-over')).toBe('true')
  fireEvent.dragLeave(place())
  expect(place().getAttribute('data-over')).toBe('false')
  fireEvent.drop(place(), { dataTransfer: { files } })
  fireEvent.drop(place(), { dataTransfer: { files: [] } })
  expect(taken).toEqual([['a.md', 'b.md']])
})

it('opens the chooser by its button, and takes what was chosen', () => {
  const taken = show()
  const input = screen.getByLabelText<HTMLInputElement>('Drop here')
  let opened = 0
  input.click = () => {
    opened += 1
  }
  fireEvent.click(screen.getByRole('button', { name: 'Choose files' }))
  expect(opened).toBe(1)
  fireEvent.change(input, { target: { files } })
  expect(taken).toEqual([['a.md', 'b.md']])
})

it('takes nothing while it is at work', () => {
  const taken = show(true)
  fireEvent.drop(place(), { dataTransfer: { files } })
  expect(taken).toEqual([])
})

it('takes the first where one at a time is wanted', () => {
  const taken = show(false, true)
  fireEvent.drop(place(), { dataTransfer: { files } })
  expect(screen.getByLabelText<HTMLInputElement>('Drop here').multiple).toBe(false)
  expect(taken).toEqual([['a.md']])
})
