import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type SpawnedController, spawnController } from '../spawn-controller.ts'
import { axeViolations, missingBrowser, openBrowser } from './browser.ts'

const missing = missingBrowser()
if (missing && process.env.CI) throw new Error(`the browser tier cannot run: ${missing}`)

const data = mkdtempSync(join(tmpdir(), 'dashboard-e2e-'))
const screenshots = fileURLToPath(new URL('../../../docs/screenshots/', import.meta.url))
const IN_THE_DOCS = new Set([
  'overview-light',
  'overview-dark',
  'models-light',
  'dialog-light',
  'failure-light',
  'narrow-models-dark',
])
const problems: string[] = []
let controller: SpawnedController
let browser: Awaited<ReturnType<typeof openBrowser>>
let page: Page

describe.skipIf(missing)(
  `the dashboard in a browser${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    beforeAll(async () => {
      const env = { SPARK_CONTROL_SANDBOX_SPEED: '10' }
      controller = await spawnController(['--data', data, '--port', '0'], env)
      browser = await openBrowser()
      page = await watch(browser.context.pages()[0] ?? (await browser.context.newPage()))
    })
    afterAll(async () => {
      await browser?.close()
      await controller?.kill('SIGTERM')
      rmSync(data, { recursive: true, force: true })
    })

    it('shows on the first visit what serves, on which hosts, and that it is simulated', async () => {
      await page.goto(controller.url)
      await page.getByText('Simulated cluster').waitFor()
      await page.getByText('Qwen3.6 35B').first().waitFor()
      await page.getByText('spark-2').first().waitFor()
      await inspect('overview')
    })

    it('swaps a model: menu, dialog in plain words, progress, done', async () => {
      await page.getByRole('link', { name: 'Models' }).first().click()
      await page.getByRole('button', { name: 'Load Gemma 4 26B' }).waitFor()
      await inspect('models')
      await page.getByRole('button', { name: 'Load Gemma 4 26B' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByText('Qwen3.6 35B stops now').waitFor()
      await inspect('dialog')
      expect(await focused(page)).not.toContain('Load Gemma')
      await dialog.getByRole('button', { name: 'Load Gemma 4 26B' }).click()
      await page.getByRole('list', { name: 'Phases' }).waitFor()
      await inspect('loading')
      await page.getByRole('dialog').getByText('Done').first().waitFor({ timeout: 60_000 })
      await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click()
      await page.getByText('Loaded on llm', { exact: true }).waitFor()
    })

    it('chats with it, the words coming as they are made', async () => {
      // At the pace of this sandbox an answer is whole in a blink; a busy engine takes its time.
      const slowed = await fetch(`${controller.url}/api/sandbox/faults/busy`, { method: 'PUT' })
      expect(slowed.ok).toBe(true)
      await page.getByRole('link', { name: 'Chat with Gemma 4 26B' }).click()
      await page.getByRole('textbox').fill('Which day comes after Monday?')
      await page.keyboard.press('Enter')
      await page.getByText('Which day comes after Monday?').first().waitFor()
      await page.getByText('simulated model').first().waitFor({ timeout: 30_000 })
      await page
        .getByText(/tokens\/s/i)
        .first()
        .waitFor({ timeout: 30_000 })
      await fetch(`${controller.url}/api/sandbox/faults`, { method: 'DELETE' })
      await inspect('chat')
    })

    it('shows why a load failed, with the line that matters and what to do', async () => {
      await page.getByRole('button', { name: 'Try a fault' }).click()
      await inspect('faults')
      await fetch(`${controller.url}/api/sandbox/faults/oom`, { method: 'PUT' })
      await page.keyboard.press('Escape')
      await page.getByRole('link', { name: 'Models' }).first().click()
      await page.getByRole('button', { name: 'Load gpt-oss 120B' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('button', { name: 'Load gpt-oss 120B' }).click()
      await page
        .getByText(/out of memory/i)
        .first()
        .waitFor({ timeout: 60_000 })
      await page.getByText('The lines that matter').waitFor()
      await inspect('failure')
      await page.keyboard.press('Escape')
    })

    it('shows who has reserved the GPU, lets a load wait, and releases it after asking', async () => {
      await post('/api/coordination/lock', { owner: 'crm', reason: 'nightly run', ttl_s: 3600 })
      const need = { cron: '*/30 * * * *', duration_s: 3600 }
      for (const owner of ['crm', 'agent'])
        await post('/api/coordination/schedules', { owner, ...need })
      await page.getByText(/“crm” has reserved every GPU until/).waitFor()
      await page.getByRole('button', { name: 'Load Qwen3.6 35B' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByText('This has to wait.').waitFor()
      await inspect('waits')
      await page.keyboard.press('Escape')
      await page.getByRole('link', { name: 'Schedule' }).click()
      await page
        .getByText(/“crm” and “agent” need the same/)
        .first()
        .waitFor()
      await inspect('schedule')
      await page.getByRole('button', { name: 'Release the reservation of crm' }).click()
      await dialog.getByText(/probably still working/).waitFor()
      await inspect('release')
      await dialog.getByRole('button', { name: 'Release the reservation' }).click()
      await page.getByText(/has reserved every GPU/).waitFor({ state: 'detached' })
      await page.getByRole('link', { name: 'Who did what' }).click()
      await page.getByText('Take every GPU away from “crm”').waitFor()
      await inspect('audit')
      await page.getByRole('link', { name: 'Models' }).first().click()
    })

    it('unloads what is loaded, asked first', async () => {
      await fetch(`${controller.url}/api/sandbox/faults`, { method: 'DELETE' })
      await page.getByRole('button', { name: 'Load Qwen3.6 35B' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Load Qwen3.6 35B' }).click()
      await page.getByRole('dialog').getByText('Done').first().waitFor({ timeout: 60_000 })
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Unload Qwen3.6 35B' }).click()
      await page
        .getByRole('dialog')
        .getByText(/no model is loaded/i)
        .first()
        .waitFor()
      await inspect('unload')
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /^Unload/ })
        .click()
      await page.getByRole('dialog').getByText('Done').first().waitFor({ timeout: 60_000 })
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Load Qwen3.6 35B' }).waitFor()
    })

    it('is whole at 360 px, by keyboard alone, and on every page', async () => {
      await page.setViewportSize({ width: 360, height: 780 })
      for (const path of [
        '',
        'models',
        'chat',
        'jobs',
        'schedule',
        'audit',
        'hosts',
        'topology',
        'about',
      ]) {
        await page.goto(`${controller.url}/${path}`)
        await page.getByRole('heading', { level: 1 }).first().waitFor()
        const isCutOff = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        )
        expect([path, isCutOff]).toEqual([path, 0])
        await inspect(`narrow-${path || 'overview'}`)
      }
      await page.keyboard.press('Tab')
      expect(await focused(page)).not.toBe('')
      await page.setViewportSize({ width: 1440, height: 900 })
    })

    it('works in ten tabs at once over HTTP/1.1', async () => {
      const tabs = await Promise.all(
        Array.from({ length: 10 }, async () => watch(await browser.context.newPage())),
      )
      await Promise.all(tabs.map((tab) => tab.goto(`${controller.url}/models`)))
      await Promise.all(tabs.map((tab) => tab.getByText('gpt-oss 120B').first().waitFor()))
      await Promise.all(tabs.map((tab) => tab.close()))
    })

    it('wrote no error to the console on the way', () => {
      expect(problems).toEqual([])
    })
  },
)

async function post(path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const reply = await fetch(controller.url + path, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  })
  expect(reply.status).toBe(201)
}

/** Listens for anything a page complains about. */
async function watch(tab: Page): Promise<Page> {
  tab.setDefaultTimeout(15_000)
  tab.on('pageerror', (error) => problems.push(String(error)))
  tab.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  return tab
}

/** axe-core finds nothing in light and in dark; with SCREENSHOTS=1 some are kept for the docs. */
async function inspect(name: string): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    expect([name, scheme, await axeViolations(page)]).toEqual([name, scheme, []])
    if (process.env.SCREENSHOTS && IN_THE_DOCS.has(`${name}-${scheme}`))
      await page.screenshot({ path: join(screenshots, `${name}-${scheme}.png`) })
  }
  await page.emulateMedia({ colorScheme: 'light' })
}

const focused = (tab: Page): Promise<string> =>
  tab.evaluate(() => document.activeElement?.textContent ?? '')
