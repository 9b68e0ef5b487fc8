import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type axeCore from 'axe-core'
import { type BrowserContext, chromium, type Page } from 'playwright-core'

type Axe = typeof axeCore

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** Why the browser tier cannot run here; undefined if it can. */
export const missingBrowser = (): string | undefined =>
  existsSync(CHROMIUM) ? undefined : `no Chromium at ${CHROMIUM}`

/** A headless browser with a profile of its own. */
export async function openBrowser(): Promise<{ context: BrowserContext; close(): Promise<void> }> {
  const profile = mkdtempSync(join(tmpdir(), 'dashboard-browser-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    headless: true,
    viewport: { width: 1440, height: 900 },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  return {
    context,
    async close() {
      await context.close()
      rmSync(profile, { recursive: true, force: true })
    },
  }
}

/** What axe-core finds on the page as it stands, one line each. */
export async function axeViolations(page: Page): Promise<string[]> {
  const source = await import('axe-core').then(({ default: axe }) => axe.source)
  // page.evaluate runs outside the page's CSP, unlike a script tag.
  await page.evaluate(source)
  return page.evaluate(async () => {
    // A change of theme is on the screen two frames later.
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    const { axe } = globalThis as unknown as { axe: Axe }
    const { violations } = await axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    })
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.html.slice(0, 200)}`),
    )
  })
}
