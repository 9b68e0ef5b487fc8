import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { matchPath, navigate, place, takeLinks } from './router.ts'

beforeAll(() => takeLinks((path) => path.startsWith('/models')))
afterEach(() => document.body.replaceChildren())

function click(html: string, init: MouseEventInit = {}): void {
  document.body.innerHTML = html
  // jsdom cannot load pages: what the dashboard leaves to the browser is stopped here.
  addEventListener('click', (late) => late.preventDefault(), { once: true })
  const event = new MouseEvent('click', { bubbles: true, cancelable: true, ...init })
  document.querySelector('a')?.dispatchEvent(event)
}

describe('the router', () => {
  it.each([
    ['/', '/', {}],
    ['/jobs/:id', '/jobs/j%201', { id: 'j 1' }],
    ['/jobs/:id', '/jobs', undefined],
    ['/jobs', '/jobs/', {}],
    ['/jobs', '/hosts', undefined],
    ['/jobs/:id', '/jobs/%zz', { id: '%zz' }],
  ])('%s on %s', (pattern, path, expected) => {
    expect(matchPath(pattern, path)).toEqual(expected)
  })

  it('changes the page for its own links only', () => {
    navigate('/', { replace: true })
    click('<a href="/api/openapi.json">api</a>')
    expect(place().path).toBe('/')
    click('<a href="/models" target="_blank">new tab</a>')
    expect(place().path).toBe('/')
    click('<a href="/models">models</a>', { ctrlKey: true })
    expect(place().path).toBe('/')
    click('<a href="/models?x=1">models</a>')
    expect(place().path).toBe('/models')
    expect(place().query.get('x')).toBe('1')
  })
})
