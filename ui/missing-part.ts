import { live } from './live.ts'

/** Whether a part of the dashboard could not be fetched, in the words of Chromium, Firefox and Safari. */
export const isMissingPart = (error: unknown): boolean =>
  error instanceof TypeError &&
  /dynamically imported module|Importing a module script failed/i.test(error.message)

/** What is said of it: the controller is away, or it was upgraded and has the part under another name. */
export const missingPartWords = (): string =>
  live.link === 'lost'
    ? 'The controller does not answer, and this page was never opened here. It is shown as soon as the controller is back.'
    : 'The controller was upgraded since this dashboard was opened. Load it again to go on.'
