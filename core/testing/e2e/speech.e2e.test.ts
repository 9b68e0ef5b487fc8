import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type SpawnedController, spawnController } from '../spawn-controller.ts'
import { axeViolations, missingBrowser, openBrowser } from './browser.ts'

const missing = missingBrowser()
if (missing && process.env.CI) throw new Error(`the browser tier cannot run: ${missing}`)

const data = mkdtempSync(join(tmpdir(), 'speech-e2e-'))
const problems: string[] = []
let controller: SpawnedController
let browser: Awaited<ReturnType<typeof openBrowser>>
let page: Page

describe.skipIf(missing)(`speech in a browser${missing ? ` (skipped: ${missing})` : ''}`, () => {
  beforeAll(async () => {
    const env = { SPARK_CONTROL_SANDBOX_SPEED: '20' }
    controller = await spawnController(['--data', data, '--port', '0'], env)
    browser = await openBrowser()
    page = browser.context.pages()[0] ?? (await browser.context.newPage())
    page.on('pageerror', (error) => problems.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text())
    })
  })
  afterAll(async () => {
    await browser?.close()
    await controller?.kill('SIGTERM')
    rmSync(data, { recursive: true, force: true })
  })

  it('types and hears, by keyboard alone, in a mix of voices', async () => {
    await page.goto(controller.url)
    await page.getByRole('link', { name: 'Try it' }).first().waitFor({ timeout: 30_000 })
    const tile = page.locator('article').filter({ hasText: 'Text to speech' })
    await tile.getByRole('link', { name: 'Try it' }).focus()
    await page.keyboard.press('Enter')
    await page.getByText('with the voice of Heart').waitFor()
    await page.getByRole('searchbox').fill('british male')
    await page.getByRole('button', { name: 'Mix in George' }).press('Enter')
    await page.getByText('with the voice of Heart and George').waitFor()
    await page.getByLabel('What to say').fill('Good morning, Alice. '.repeat(12))
    await page.keyboard.press('Control+Enter')
    await page.getByRole('button', { name: 'Save' }).waitFor({ timeout: 30_000 })
    expect(await axeViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Play' }).press('Enter')
    await page.getByRole('button', { name: 'Pause' }).waitFor()
  })

  it('saves what it heard, drops it where it is written down, and clicks a word', async () => {
    const saving = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save' }).click()
    const file = join(data, 'speech.wav')
    await (await saving).saveAs(file)
    expect(readFileSync(file).toString('latin1', 0, 4)).toBe('RIFF')
    await page.goto(`${controller.url}/transcribe`)
    await page.getByLabel('Drop a recording here').setInputFiles(file)
    const word = page.getByRole('button', { name: 'simulated', exact: true }).first()
    await word.waitFor({ timeout: 30_000 })
    expect(await axeViolations(page)).toEqual([])
    await word.click()
    const slider = page.getByRole('slider', { name: 'The recording speech.wav' })
    await expect
      .poll(async () => Number(await slider.getAttribute('aria-valuenow')))
      .toBeGreaterThan(0)
    const subtitles = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save SRT' }).click()
    const path = join(data, 'speech.srt')
    await (await subtitles).saveAs(path)
    expect(readFileSync(path, 'utf8')).toMatch(/^1\n00:00:\d\d,\d{3} --> /)
  })

  it('stops its container from the tile, says so, and starts it again', async () => {
    await page.goto(controller.url)
    const tile = page.locator('article').filter({ hasText: 'Text to speech' })
    const dialog = page.getByRole('dialog')
    await tile.getByRole('button', { name: 'Stop kokoro' }).click()
    await dialog.getByRole('button', { name: 'Stop kokoro' }).click()
    await tile.getByText('Its container is stopped.').waitFor({ timeout: 40_000 })
    await page.goto(controller.url)
    await tile.getByRole('button', { name: 'Start kokoro' }).click()
    await dialog.getByRole('button', { name: 'Start kokoro' }).click()
    await tile.getByText('Up', { exact: true }).waitFor({ timeout: 40_000 })
  })

  it('fits on a phone in the dark, without a word in the console', async () => {
    await page.setViewportSize({ width: 360, height: 740 })
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
    expect(await axeViolations(page)).toEqual([])
    const isWider = () => document.documentElement.scrollWidth > innerWidth
    expect(await page.evaluate(isWider)).toBe(false)
    await page.goto(`${controller.url}/speak`)
    await page.getByText('with the voice of Heart').waitFor()
    expect(await axeViolations(page)).toEqual([])
    expect(await page.evaluate(isWider)).toBe(false)
    expect(problems).toEqual([])
  })
})
